import Apus
import ApusNN

/// A network that says of which class each pixel is: HorNet with the head of UperNet (Xiao et al. 2018), as
/// Rao et al. (2022) put them together.
///
/// State: `backbone.…` and `decode_head.…`.
public final class UperNet: Module, Layer {
    /// Backbone and head.
    public struct Configuration: Codable, Sendable, Equatable {
        /// What gives the maps.
        public var backbone: HorNet.Configuration
        /// What tells classes from them.
        public var head: UperHead.Configuration

        /// With this backbone and this head.
        public init(backbone: HorNet.Configuration, head: UperHead.Configuration) {
            self.backbone = backbone
            self.head = head
        }
    }

    /// What gives the maps.
    public let backbone: HorNetBackbone
    /// What tells classes from them.
    public let decodeHead: UperHead

    /// With weights drawn from this generator.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        backbone = HorNetBackbone(configuration.backbone, using: generator)
        decodeHead = UperHead(backbone.channels, configuration.head, using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        [("backbone", .module(backbone)), ("decode_head", .module(decodeHead))]
    }

    /// [batch, 3, height, width], at least 32×32, to the logits of each pixel's classes: [batch, classes,
    /// height, width].
    public func forward(_ x: Tensor) -> Tensor {
        decodeHead(backbone(x)).resized(like: x, mode: .bilinear)
    }
}

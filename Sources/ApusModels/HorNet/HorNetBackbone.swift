import Apus
import ApusNN

/// A HorNet without its classifier, whose four maps other networks build upon: each is normalised over its channels,
/// as the authors have it for detection and segmentation.
///
/// State: that of `HorNet` without `norm` and `head`, and `norm0.…` to `norm3.…`.
public final class HorNetBackbone: Module {
    /// Channels of the four maps.
    public let channels: [Int]
    /// Of each map, over the channels.
    public let norms: [ChannelLayerNorm]
    private let network: HorNet

    /// - Parameter configuration: whose number of classes does not matter.
    public init(_ configuration: HorNet.Configuration, using generator: RandomGenerator = .default) {
        channels = (0..<4).map { configuration.width << $0 }
        network = HorNet(configuration, using: generator)
        norms = channels.map { ChannelLayerNorm($0, epsilon: 1e-6) }
    }

    public override var members: [(name: String, member: Member)] {
        network.members.filter { $0.name != "norm" && $0.name != "head" }
            + norms.enumerated().map { ("norm\($0.offset)", .module($0.element)) }
    }

    /// [batch, 3, height, width], at least 32×32, to maps at a 4th, 8th, 16th and 32nd of height and width.
    public func callAsFunction(
        _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> [Tensor] {
        called(file: file, line: line) { zip(norms, network.features(x)).map { $0($1) } }
    }
}

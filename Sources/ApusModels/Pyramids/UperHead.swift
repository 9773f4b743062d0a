import Apus
import ApusNN

/// The head of UperNet (Xiao et al. 2018, "Unified perceptual parsing for scene understanding"): pyramid
/// pooling of the smallest map, a feature pyramid, and all its maps fused at the largest one's size.
///
/// State: the names of mmsegmentation's `UPerHead`, and with a gⁿConv those of the HorNet authors'
/// `GNUPerHead`: `psp_modules.0.1.conv.weight`, `bottleneck.…`, `lateral_convs.0.…`, `fpn_convs.0.…`,
/// `fpn_bottleneck.…`, `conv_seg.…`.
public final class UperHead: Module {
    /// Widths, and how the maps are fused.
    public struct Configuration: Codable, Sendable, Equatable {
        /// What the maps of the pyramid go through, one after the other in their channels.
        public enum Fusion: Codable, Sendable, Equatable {
            /// A 3×3 convolution: UperNet.
            case convolution
            /// A gⁿConv with this filter: HorFPN (Rao et al. 2022).
            case gated(SpatialFilter)
        }

        /// Channels within the head; even for a gⁿConv.
        public var width = 512
        /// How many classes a pixel can have.
        public var classes = 150
        /// How the maps are fused.
        public var fusion = Fusion.convolution
        /// Into how many parts each axis is divided by the pooling.
        public var scales = [1, 2, 3, 6]
        /// The probability that a channel is left out before the classes, in training.
        public var dropout = 0.1

        /// With the paper's numbers.
        public init(width: Int = 512, classes: Int = 150, fusion: Fusion = .convolution) {
            self.width = width
            self.classes = classes
            self.fusion = fusion
        }
    }

    /// Channels of the maps it takes.
    public let channels: [Int]
    /// Of the smallest map.
    public let pspModules: PyramidPooling
    /// 3×3, of the smallest map and what was pooled of it.
    public let bottleneck: ConvNorm
    /// 1×1, of the other maps.
    public let lateralConvs: [ConvNorm]
    /// 3×3, of the other maps' sums.
    public let fpnConvs: [ConvNorm]
    /// Of all maps together.
    public let fpnBottleneck: any Layer
    /// Of whole channels.
    public let dropout: Dropout2d
    /// 1×1, to the classes.
    public let convSeg: Conv2d

    /// - Parameter channels: of the maps it takes, the largest map first.
    public init(
        _ channels: [Int], _ configuration: Configuration, using generator: RandomGenerator = .default
    ) {
        let c = configuration
        if channels.count < 2 || c.width < 1 || c.classes < 1 || c.scales.contains(where: { $0 < 1 }) {
            fail(
                "UperHead",
                "\(channels.count) maps, a width of \(c.width), \(c.classes) classes, scales "
                    + "\(c.scales): two maps at least and positive numbers are wanted")
        }
        func block(_ inputs: Int, kernel: Int) -> ConvNorm {
            ConvNorm(inputs, c.width, kernel: kernel, names: ("conv", "bn"), using: generator)
        }
        self.channels = channels
        pspModules = PyramidPooling(
            channels.last!, outputs: c.width, scales: c.scales, using: generator)
        bottleneck = block(channels.last! + c.scales.count * c.width, kernel: 3)
        lateralConvs = channels.dropLast().map { block($0, kernel: 1) }
        fpnConvs = channels.dropLast().map { _ in block(c.width, kernel: 3) }
        let all = channels.count * c.width
        fpnBottleneck =
            switch c.fusion {
            case .convolution: block(all, kernel: 3)
            case .gated(let filter): GatedConvNorm(all, c.width, filter: filter, using: generator)
            }
        dropout = Dropout2d(c.dropout)
        convSeg = Conv2d(c.width, c.classes, kernel: 1, using: generator)
            .initialized(.normal(mean: 0, std: 0.01), using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        [("psp_modules", .module(pspModules)), ("bottleneck", .module(bottleneck))]
            + lateralConvs.enumerated().map { ("lateral_convs.\($0.offset)", .module($0.element)) }
            + fpnConvs.enumerated().map { ("fpn_convs.\($0.offset)", .module($0.element)) }
            + [
                ("fpn_bottleneck", .module(fpnBottleneck)), ("dropout", .module(dropout)),
                ("conv_seg", .module(convSeg)),
            ]
    }

    /// Maps [batch, channels, height, width], the largest first, to the logits of classes at the largest
    /// one's size: [batch, classes, height, width].
    public func callAsFunction(
        _ levels: [Tensor], file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            checkLevels(levels, channels: channels, "UperHead")
            let pooled = bottleneck(Tensor.cat([levels.last!] + pspModules(levels.last!), axis: 1))
            var maps = topDownPath(zip(lateralConvs, levels).map { $0($1) } + [pooled], mode: .bilinear)
            for (index, convolution) in fpnConvs.enumerated() { maps[index] = convolution(maps[index]) }
            let together = Tensor.cat(maps.map { $0.resized(like: maps[0], mode: .bilinear) }, axis: 1)
            return convSeg(dropout(fpnBottleneck(together)))
        }
    }
}

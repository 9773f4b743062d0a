import Apus
import ApusNN

/// A small network of blocks that differ in nothing but what mixes positions: what `apus study interactions`
/// trains.
///
/// Patches by a convolution, stages of `HorBlock`s with a `SpatialMixer` for gⁿConv, 2×2 convolutions with
/// stride 2 between them; then mean over all positions, LayerNorm, linear. State: `stem.…`, `downsample.0.…`,
/// `stages.0.1.…`, `norm.…`, `head.…`.
public final class MetaFormer: Module, Layer {
    /// What mixes positions, the sizes of images and layers.
    public struct Configuration: Codable, Sendable, Equatable {
        /// In all blocks.
        public var mixer: SpatialMixer
        /// Channels of each stage.
        public var widths: [Int]
        /// Blocks of each stage.
        public var depths: [Int]
        /// Height and width of the gray images: a multiple of 2 for the patches and for each further stage.
        public var extent: Int
        /// How many logits there are.
        public var classes: Int

        /// For gray images of `extent` × `extent`.
        public init(mixer: SpatialMixer, widths: [Int], depths: [Int], extent: Int, classes: Int) {
            self.mixer = mixer
            self.widths = widths
            self.depths = depths
            self.extent = extent
            self.classes = classes
        }
    }

    /// 2×2 with stride 2.
    public let stem: Conv2d
    /// Before each stage but the first.
    public let downsample: [Sequential]
    /// The blocks.
    public let stages: [Sequential]
    /// Of the averages of the last channels.
    public let norm: LayerNorm
    /// To the classes.
    public let head: Linear
    private let extent: Int

    /// Weights of convolutions and linear layers start normally distributed so that what passes keeps its
    /// size (LeCun et al. 1998), and what blocks add is not scaled down: the network is narrow and shallow,
    /// and would learn slowly as HorNet starts.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let c = configuration
        let count = c.widths.count
        if count == 0 || c.depths.count != count
            || (c.widths + c.depths + [c.classes]).contains(where: { $0 < 1 })
            || c.extent < 1 || c.extent % (1 << count) != 0
        {
            fail(
                "MetaFormer",
                "widths \(c.widths), depths \(c.depths), images of \(c.extent)×\(c.extent), \(c.classes) classes: as many "
                    + "positive widths as depths, and an extent that can be halved as often, are wanted")
        }
        func halving(_ inputs: Int, _ outputs: Int) -> Conv2d {
            Conv2d(inputs, outputs, kernel: 2, stride: 2, using: generator)
        }
        extent = c.extent
        stem = halving(1, c.widths[0])
        downsample = (1..<count).map {
            Sequential(
                ChannelLayerNorm(c.widths[$0 - 1], epsilon: 1e-6), halving(c.widths[$0 - 1], c.widths[$0]))
        }
        stages = (0..<count).map { stage in
            let (width, size) = (c.widths[stage], c.extent >> (stage + 1))
            return Sequential(
                (0..<c.depths[stage]).map { _ in
                    HorBlock(
                        width, mixer: c.mixer.layer(width, size: size, using: generator), layerScale: 1,
                        using: generator)
                })
        }
        norm = LayerNorm(c.widths[count - 1], epsilon: 1e-6)
        head = Linear(c.widths[count - 1], c.classes, using: generator)
        super.init()
        for (_, module) in namedModules() {
            switch module {
            case let layer as Conv2d: _ = layer.initialized(.lecunNormal, using: generator)
            case let layer as Linear: _ = layer.initialized(.lecunNormal, using: generator)
            default: break
            }
        }
    }

    /// - Parameter x: [batch, …] with extent² numbers an image.
    public func forward(_ x: Tensor) -> Tensor {
        var x = stages[0](stem(x.reshape([-1, 1, extent, extent])))
        for (downsample, stage) in zip(downsample, stages.dropFirst()) { x = stage(downsample(x)) }
        return head(norm(x.mean(axes: [2, 3])))
    }
}

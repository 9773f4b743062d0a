import Apus
import ApusNN

/// A network of recursive gated convolutions (Rao et al. 2022, arXiv 2207.14284): stages of `HorBlock`s, four of them
/// in the published networks, whose orders, widths and strides grow from one to the next.
///
/// The state has the authors' names: `downsample_layers.0.0.weight`, `stages.2.5.gnconv.pws.1.weight`, `norm.weight`,
/// `head.weight`.
public final class HorNet: Module, Layer {
    /// Widths, depths and filters.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// C, the channels of the first stage; each further stage doubles them.
        public var width: Int
        /// Blocks of each stage.
        public var depths = [2, 3, 18, 2]
        /// The order of gⁿConv in each stage.
        public var orders = [2, 3, 4, 5]
        /// The filter of gⁿConv in each stage.
        public var filters: [SpatialFilter]
        /// The probability that the last block is left out in training; it grows from 0 linearly.
        public var stochasticDepth: Double
        /// How many numbers the linear layer gives for an image.
        public var classes = 1000
        /// Channels of the images.
        public var channels = 3
        /// Height and width of the patches that the first convolution makes of an image.
        public var patch = 4
        /// What γ₁ and γ₂ of the blocks start with.
        public var layerScale = 1e-6

        /// With a depthwise 7×7 convolution in all stages, or with the global filter in the last two.
        ///
        /// - Parameters:
        ///   - globalFor: height and width of the images that global filters are for; nil for none of them.
        ///   - stochasticDepth: for the last block.
        public init(width: Int, globalFor resolution: Int? = nil, stochasticDepth: Double = 0) {
            self.width = width
            self.stochasticDepth = stochasticDepth
            filters = Array(repeating: .depthwise(kernel: 7), count: 4)
            guard let resolution else { return }
            filters[2] = .global(size: resolution / 16)
            filters[3] = .global(size: resolution / 32)
        }

        /// 22,409,512 parameters.
        public static let tiny = Configuration(width: 64, stochasticDepth: 0.2)
        /// 22,991,848 parameters.
        public static let tinyGF = Configuration(width: 64, globalFor: 224, stochasticDepth: 0.2)
        /// 49,528,264 parameters.
        public static let small = Configuration(width: 96, stochasticDepth: 0.4)
        /// 50,401,768 parameters.
        public static let smallGF = Configuration(width: 96, globalFor: 224, stochasticDepth: 0.4)
        /// 87,256,680 parameters.
        public static let base = Configuration(width: 128, stochasticDepth: 0.5)
        /// 88,421,352 parameters.
        public static let baseGF = Configuration(width: 128, globalFor: 224, stochasticDepth: 0.5)
        /// For images of 384×384.
        public static let baseGF384 = Configuration(width: 128, globalFor: 384, stochasticDepth: 0.5)
        /// 194,542,504 parameters.
        public static let large = Configuration(width: 192, stochasticDepth: 0.5)
        /// 196,289,512 parameters.
        public static let largeGF = Configuration(width: 192, globalFor: 224, stochasticDepth: 0.5)
        /// For images of 384×384.
        public static let largeGF384 = Configuration(width: 192, globalFor: 384, stochasticDepth: 0.5)
    }

    /// Before each stage: a convolution of patches that do not overlap, 4×4 as published, and a normalisation, then
    /// normalisations and 2×2 convolutions with stride 2.
    public let downsampleLayers: [Sequential]
    /// The blocks.
    public let stages: [Sequential]
    /// Of the averages of the last channels.
    public let norm: LayerNorm
    /// To the classes.
    public let head: Linear
    /// The least height and width of an image.
    private let smallest: Int

    /// Weights start normally distributed with a deviation of 0.02, biases at 0.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let c = configuration
        let count = c.depths.count
        if min(c.width, c.classes, c.channels, c.patch) < 1 || c.depths.contains(where: { $0 < 1 })
            || !(1...8).contains(count) || [c.orders.count, c.filters.count] != [count, count]
        {
            fail(
                "HorNet",
                "a width of \(c.width), \(c.depths) blocks of orders \(c.orders) with \(c.filters.count) filters, "
                    + "\(c.classes) classes, \(c.channels) channels in patches of \(c.patch): one to eight stages of "
                    + "one block at least, and positive numbers, are wanted")
        }
        smallest = c.patch << (count - 1)
        let widths = (0..<count).map { c.width << $0 }
        func convolution(_ inputs: Int, _ outputs: Int, _ size: Extents) -> Conv2d {
            Conv2d(inputs, outputs, kernel: size, stride: size, using: generator).initialized(
                .narrowNormal, using: generator)
        }
        downsampleLayers = (0..<count).map { index in
            index == 0
                ? Sequential(
                    convolution(c.channels, widths[0], Extents(c.patch)),
                    ChannelLayerNorm(widths[0], epsilon: 1e-6))
                : Sequential(
                    ChannelLayerNorm(widths[index - 1], epsilon: 1e-6),
                    convolution(widths[index - 1], widths[index], 2))
        }
        let last = Double(max(c.depths.reduce(0, +) - 1, 1))
        var number = 0
        stages = (0..<count).map { index in
            Sequential(
                (0..<c.depths[index]).map { _ in
                    defer { number += 1 }
                    return HorBlock(
                        widths[index], order: c.orders[index], filter: c.filters[index],
                        layerScale: c.layerScale,
                        stochasticDepth: c.stochasticDepth * Double(number) / last, using: generator)
                })
        }
        norm = LayerNorm(widths[count - 1], epsilon: 1e-6)
        head = Linear(widths[count - 1], c.classes, using: generator).initialized(
            .narrowNormal, using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        downsampleLayers.enumerated().map { ("downsample_layers.\($0.offset)", .module($0.element)) }
            + stages.enumerated().map { ("stages.\($0.offset)", .module($0.element)) }
            + [("norm", .module(norm)), ("head", .module(head))]
    }

    /// [batch, channels, height, width], at least 32×32 as published, to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        head(norm(features(x).last!.mean(axes: [2, 3])))
    }

    /// What each of the stages makes of [batch, channels, height, width]: width, 2·width, 4·width and 8·width channels at a 4th,
    /// 8th, 16th and 32nd of height and width in the published networks.
    public func features(_ x: Tensor) -> [Tensor] {
        checkImages(x, smallest: smallest, "HorNet")
        var (x, found) = (x, [Tensor]())
        for (downsample, stage) in zip(downsampleLayers, stages) {
            x = stage(downsample(x))
            found.append(x)
        }
        return found
    }
}

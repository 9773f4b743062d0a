import Apus
import ApusNN

/// A convolutional network made like a transformer, for images [batch, 3, height, width] (Liu et al. 2022, "A ConvNet
/// for the 2020s"): patches of 4×4 pixels, four stages of blocks, each but the first in half the size of the one
/// before, the average of all positions and a linear layer.
///
/// The state has torchvision's names and shapes: `features.0.0.weight`, `features.1.0.block.0.weight`,
/// `features.1.0.layer_scale`, `features.2.1.weight`, `classifier.2.weight`, ….
public final class ConvNeXt: Module, Layer {
    /// The number of blocks, and their widths.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// Channels of the first stage; each further stage doubles them.
        public var width: Int
        /// Blocks of each of the four stages.
        public var depths: [Int]
        /// The probability that a sample goes past the last block in training; it grows from 0 at the first.
        public var stochasticDepth: Double
        /// How many numbers the linear layer gives for an image.
        public var classes: Int

        /// Four stages of `depths` blocks; the number of classes is that of ImageNet unless another is given.
        public init(width: Int, depths: [Int], stochasticDepth: Double, classes: Int = 1000) {
            self.width = width
            self.depths = depths
            self.stochasticDepth = stochasticDepth
            self.classes = classes
        }

        /// ConvNeXt-T, 28,589,128 parameters.
        public static let tiny = Configuration(width: 96, depths: [3, 3, 9, 3], stochasticDepth: 0.1)
        /// ConvNeXt-S, 50,223,688 parameters.
        public static let small = Configuration(width: 96, depths: [3, 3, 27, 3], stochasticDepth: 0.4)
        /// ConvNeXt-B, 88,591,464 parameters.
        public static let base = Configuration(width: 128, depths: [3, 3, 27, 3], stochasticDepth: 0.5)
        /// ConvNeXt-L, 197,767,336 parameters.
        public static let large = Configuration(width: 192, depths: [3, 3, 27, 3], stochasticDepth: 0.5)
    }

    /// A 4×4 convolution with stride 4 and its normalisation; then, in turns, the blocks of a stage, and a normalisation
    /// with a 2×2 convolution of stride 2 to twice as many channels.
    public let features: Sequential
    /// Normalisation of the averages, and the linear layer to the classes.
    public let classifier: Sequential

    /// Weights start normally distributed with deviation 0.02, biases at 0, scales of blocks at 10⁻⁶.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let (width, depths) = (configuration.width, configuration.depths)
        if depths.count != 4 || depths.contains(where: { $0 < 1 }) || width < 1 || configuration.classes < 1 {
            fail(
                "ConvNeXt",
                "\(depths) blocks, a width of \(width) and \(configuration.classes) classes: four stages of one "
                    + "block at least, and positive numbers, are wanted")
        }
        func convolution(_ inputs: Int, _ outputs: Int, _ extent: Int) -> Conv2d {
            Conv2d(inputs, outputs, kernel: Extents(extent), stride: Extents(extent), using: generator)
                .initialized(.narrowNormal, using: generator)
        }
        func norm(_ channels: Int) -> ChannelLayerNorm { ChannelLayerNorm(channels, epsilon: 1e-6) }

        let steps = Double(depths.reduce(0, +) - 1)
        var number = 0
        var layers: [any Layer] = [Sequential(convolution(3, width, 4), norm(width))]
        for (stage, depth) in depths.enumerated() {
            let channels = width << stage
            let blocks = (0..<depth).map { _ in
                defer { number += 1 }
                return ConvNeXtBlock(
                    channels, stochasticDepth: configuration.stochasticDepth * Double(number) / steps,
                    using: generator)
            }
            layers.append(Sequential(blocks))
            if stage < 3 {
                layers.append(Sequential(norm(channels), convolution(channels, 2 * channels, 2)))
            }
        }
        features = Sequential(layers)
        let linear = Linear(width << 3, configuration.classes, using: generator)
            .initialized(.narrowNormal, using: generator)
        classifier = Sequential(norm(width << 3), Flatten(), linear)
    }

    /// [batch, 3, height, width], of 32×32 pixels at least, to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        checkImages(x, smallest: 32, "ConvNeXt")
        return classifier(features(x).globalAvgPool())
    }
}

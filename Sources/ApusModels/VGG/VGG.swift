import Apus
import ApusNN

/// The network of 3×3 convolutions of Oxford's Visual Geometry Group (Simonyan & Zisserman 2014): [batch, 3,
/// height, width], from 32×32, to [batch, classes].
///
/// The state has torchvision's names: `features.0.weight`, …, `classifier.6.bias`.
public final class VGG: Module, Layer {
    /// A column of the paper's table 1.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// Convolutions before each of the five poolings; they have 64, 128, 256, 512 and 512 channels.
        public var depths: [Int]
        /// Whether batch normalisation follows each convolution; the paper is older than it.
        public var isNormalized: Bool
        /// How many numbers the last layer gives for an image.
        public var classes: Int

        /// For the classes of ImageNet unless others are given.
        public init(depths: [Int], isNormalized: Bool = false, classes: Int = 1000) {
            self.depths = depths
            self.isNormalized = isNormalized
            self.classes = classes
        }

        /// Column A: 11 layers with weights, 132,863,336 parameters.
        public static let vgg11 = Configuration(depths: [1, 1, 2, 2, 2])
        /// Column A with batch normalisation, 132,868,840 parameters.
        public static let vgg11BN = Configuration(depths: [1, 1, 2, 2, 2], isNormalized: true)
        /// Column B: 13 layers with weights, 133,047,848 parameters.
        public static let vgg13 = Configuration(depths: [2, 2, 2, 2, 2])
        /// Column B with batch normalisation, 133,053,736 parameters.
        public static let vgg13BN = Configuration(depths: [2, 2, 2, 2, 2], isNormalized: true)
        /// Column D: 16 layers with weights, 138,357,544 parameters.
        public static let vgg16 = Configuration(depths: [2, 2, 3, 3, 3])
        /// Column D with batch normalisation, 138,365,992 parameters.
        public static let vgg16BN = Configuration(depths: [2, 2, 3, 3, 3], isNormalized: true)
        /// Column E: 19 layers with weights, 143,667,240 parameters.
        public static let vgg19 = Configuration(depths: [2, 2, 4, 4, 4])
        /// Column E with batch normalisation, 143,678,248 parameters.
        public static let vgg19BN = Configuration(depths: [2, 2, 4, 4, 4], isNormalized: true)
    }

    /// The convolutions, each with ReLU, and the poolings.
    public let features: Sequential
    /// Three linear layers, with ReLU and dropout after the first two.
    public let classifier: Sequential

    /// Convolutions start normally distributed for ReLU, by their outputs (He et al. 2015), linear layers
    /// with a deviation of 0.01, and biases at 0.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let depths = configuration.depths
        if depths.count != 5 || depths.contains(where: { $0 < 1 }) {
            fail(
                "VGG",
                "\(depths) convolutions before the poolings: five numbers, one at least each, are wanted")
        }
        checkClasses(configuration.classes, "VGG")
        var layers: [any Layer] = []
        var channels = 3
        for (depth, outputs) in zip(depths, [64, 128, 256, 512, 512]) {
            for _ in 0..<depth {
                layers.append(
                    Conv2d(channels, outputs, kernel: 3, padding: 1, using: generator)
                        .initialized(.heNormal(fan: .fanOut), using: generator))
                if configuration.isNormalized { layers.append(BatchNorm2d(outputs)) }
                layers.append(ReLU())
                channels = outputs
            }
            layers.append(MaxPool2d(2))
        }
        features = Sequential(layers)
        func linear(_ inputs: Int, _ outputs: Int) -> Linear {
            Linear(inputs, outputs, using: generator)
                .initialized(.normal(mean: 0, std: 0.01), using: generator)
        }
        classifier = Sequential(
            linear(512 * 7 * 7, 4096), ReLU(), Dropout(), linear(4096, 4096), ReLU(), Dropout(),
            linear(4096, configuration.classes))
    }

    /// [batch, 3, height, width] to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        checkImages(x, smallest: 32, "VGG")
        return classifier(features(x).adaptiveAvgPool2d(7).flatten(from: 1))
    }
}

import Apus
import ApusNN

/// The accuracy of AlexNet with a fiftieth of its parameters (Iandola et al. 2016): a convolution, eight
/// `Fire` blocks, and a 1×1 convolution to the classes, whose averages are the result: [batch, 3, height,
/// width] to [batch, classes].
///
/// The state has torchvision's names: `features.0.weight`, `features.3.squeeze.weight`, …,
/// `classifier.1.bias`.
public final class SqueezeNet: Module, Layer {
    /// The first convolution, and where pooling is.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// Channels of the first convolution.
        public var stem: Int
        /// Height and width of its kernel; its stride is 2.
        public var kernel: Int
        /// The blocks, which the paper numbers from 2 to 9, after which there is max pooling; after the first
        /// convolution there always is.
        public var poolings: Set<Int>
        /// How many numbers the model gives for an image.
        public var classes: Int

        /// For the classes of ImageNet unless others are given.
        public init(stem: Int, kernel: Int, poolings: Set<Int>, classes: Int = 1000) {
            self.stem = stem
            self.kernel = kernel
            self.poolings = poolings
            self.classes = classes
        }

        /// The paper's table 1, 1,248,424 parameters; for images from 21×21.
        public static let squeezeNet1_0 = Configuration(stem: 96, kernel: 7, poolings: [4, 8])
        /// The authors' later form, with 2.4 times less to compute, 1,235,496 parameters; for images from
        /// 17×17.
        public static let squeezeNet1_1 = Configuration(stem: 64, kernel: 3, poolings: [3, 5])
    }

    /// The first convolution, the blocks and the poolings.
    public let features: Sequential
    /// Dropout, and a 1×1 convolution to the classes with ReLU.
    public let classifier: Sequential
    private let smallest: Int

    /// Convolutions start uniform for ReLU (He et al. 2015), the last with a deviation of 0.01, and biases at
    /// 0.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let (kernel, poolings) = (configuration.kernel, configuration.poolings)
        if configuration.stem < 1 || kernel < 1 || !poolings.isSubset(of: Array(2...9)) {
            fail(
                "SqueezeNet",
                "a first convolution of \(configuration.stem) channels and a kernel of \(kernel), and poolings "
                    + "after the blocks \(poolings.sorted()): positive numbers, and blocks from 2 to 9, are wanted"
            )
        }
        checkClasses(configuration.classes, "SqueezeNet")
        var layers: [any Layer] = [
            Conv2d(3, configuration.stem, kernel: Extents(kernel), stride: 2, using: generator)
                .initialized(.heUniform(), using: generator),
            ReLU(), MaxPool2d(3, stride: 2, ceilMode: true),
        ]
        var channels = configuration.stem
        for (number, squeezed) in zip(2...9, [16, 16, 32, 32, 48, 48, 64, 64]) {
            layers.append(Fire(channels, squeezed: squeezed, expanded: 4 * squeezed, using: generator))
            if poolings.contains(number) { layers.append(MaxPool2d(3, stride: 2, ceilMode: true)) }
            channels = 8 * squeezed
        }
        features = Sequential(layers)
        classifier = Sequential(
            Dropout(),
            Conv2d(channels, configuration.classes, kernel: 1, using: generator)
                .initialized(.normal(mean: 0, std: 0.01), using: generator),
            ReLU())
        // Rounding up, a pooling makes one position of two or three: every one doubles what the convolution
        // must leave.
        smallest = 2 * ((2 << poolings.count) - 1) + kernel
    }

    /// [batch, 3, height, width] to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        checkImages(x, smallest: smallest, "SqueezeNet")
        return classifier(features(x)).globalAvgPool().flatten(from: 1)
    }
}

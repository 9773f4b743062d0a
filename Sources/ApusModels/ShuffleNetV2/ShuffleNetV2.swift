import Apus
import ApusNN

/// ShuffleNetV2 for images [batch, 3, height, width] (Ma et al. 2018, arXiv 1807.11164): a 3×3 convolution
/// and pooling, three stages of units, a 1×1 convolution, the average of all positions and a linear layer.
///
/// The state has torchvision's names: `conv1.0.weight`, `stage2.0.branch1.0.weight`, `conv5.0.weight`,
/// `fc.weight`, ….
public final class ShuffleNetV2: Module, Layer {
    /// How wide the network is.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// Channels of the first stage, even; each further stage doubles them.
        public var width: Int
        /// Channels of the last convolution.
        public var last: Int
        /// How many numbers the linear layer gives for an image.
        public var classes: Int

        /// Stages of `width` channels and more; the number of classes is that of ImageNet unless another is
        /// given.
        public init(width: Int, last: Int = 1024, classes: Int = 1000) {
            self.width = width
            self.last = last
            self.classes = classes
        }

        /// Half the width: 1,366,792 parameters.
        public static let x05 = Configuration(width: 48)
        /// 2,278,604 parameters.
        public static let x10 = Configuration(width: 116)
        /// One and a half times the width: 3,503,624 parameters.
        public static let x15 = Configuration(width: 176)
        /// Twice the width: 7,393,996 parameters.
        public static let x20 = Configuration(width: 244, last: 2048)
    }

    /// 3×3 with stride 2, from 3 to 24 channels, and its normalisation with ReLU.
    public let conv1: Sequential
    /// Four units, of which the first halves height and width.
    public let stage2: Sequential
    /// Eight units, of which the first halves height and width.
    public let stage3: Sequential
    /// Four units, of which the first halves height and width.
    public let stage4: Sequential
    /// 1×1, and its normalisation with ReLU.
    public let conv5: Sequential
    /// From the averages of the last channels to the classes.
    public let fc: Linear

    /// Weights start as those of `Conv2d` and `Linear`.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let (width, last, classes) = (configuration.width, configuration.last, configuration.classes)
        if width < 2 || width % 2 != 0 || last < 1 || classes < 1 {
            fail(
                "ShuffleNetV2",
                "a width of \(width), \(last) last channels and \(classes) classes: an even width and "
                    + "positive numbers are wanted")
        }
        func convolution(_ inputs: Int, _ outputs: Int, kernel: Int, stride: Int) -> Sequential {
            Sequential(
                Conv2d(
                    inputs, outputs, kernel: Extents(kernel), stride: Extents(stride),
                    padding: .symmetric(Extents(kernel / 2)), bias: false, using: generator),
                BatchNorm2d(outputs, activation: .relu))
        }
        func stage(_ inputs: Int, _ outputs: Int, depth: Int) -> Sequential {
            Sequential(
                (0..<depth).map { number in
                    ShuffleNetV2Block(
                        number == 0 ? inputs : outputs, outputs, stride: number == 0 ? 2 : 1, using: generator
                    )
                })
        }
        conv1 = convolution(3, 24, kernel: 3, stride: 2)
        stage2 = stage(24, width, depth: 4)
        stage3 = stage(width, 2 * width, depth: 8)
        stage4 = stage(2 * width, 4 * width, depth: 4)
        conv5 = convolution(4 * width, last, kernel: 1, stride: 1)
        fc = Linear(last, classes, using: generator)
    }

    /// - Returns: [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        let x = conv1(x).maxPool2d(3, stride: 2, padding: 1)
        return fc(conv5(stage4(stage3(stage2(x)))).globalAvgPool().flatten(from: 1))
    }
}

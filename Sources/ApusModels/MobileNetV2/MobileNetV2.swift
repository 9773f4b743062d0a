import Apus
import ApusNN

/// MobileNetV2 for images [batch, 3, height, width] (Sandler et al. 2018, arXiv 1801.04381): a 3×3
/// convolution, seventeen inverted residuals, a 1×1 convolution, the average of all positions and a linear
/// layer.
///
/// The state has torchvision's names: `features.0.0.weight`, `features.1.conv.0.0.weight`,
/// `classifier.1.weight`, ….
public final class MobileNetV2: Module, Layer {
    /// How wide the network is.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// What the paper's numbers of channels are multiplied by; they are rounded to multiples of 8. The
        /// last convolution has 1280 at least.
        public var width: Double
        /// How many numbers the linear layer gives for an image.
        public var classes: Int
        /// The probability with which the linear layer's inputs are dropped in training.
        public var dropout: Double

        /// The paper's network for ImageNet, unless another width or number of classes is given.
        public init(width: Double = 1, classes: Int = 1000, dropout: Double = 0.2) {
            self.width = width
            self.classes = classes
            self.dropout = dropout
        }

        /// 3,504,872 parameters.
        public static let mobileNetV2 = Configuration()
    }

    /// The paper's table 2: expansion, channels, repetitions, and the stride of the first.
    private static let stages = [
        (t: 1, c: 16, n: 1, s: 1),
        (t: 6, c: 24, n: 2, s: 2),
        (t: 6, c: 32, n: 3, s: 2),
        (t: 6, c: 64, n: 4, s: 2),
        (t: 6, c: 96, n: 3, s: 1),
        (t: 6, c: 160, n: 3, s: 2),
        (t: 6, c: 320, n: 1, s: 1),
    ]

    /// The first convolution, the blocks, the last convolution.
    public let features: Sequential
    /// Dropout, and from the averages of the last channels to the classes.
    public let classifier: Sequential

    /// Convolutions start normally distributed for ReLU, by their outputs (He et al. 2015), the linear layer
    /// with a deviation of 0.01.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let (width, classes) = (configuration.width, configuration.classes)
        if !(width > 0) || classes < 1 {
            fail("MobileNetV2", "a width of \(width) and \(classes) classes: positive numbers are wanted")
        }
        var channels = roundedChannels(32 * width)
        var layers: [any Layer] = [
            ConvNorm(3, channels, stride: 2, activation: .relu6, using: generator)
        ]
        for stage in MobileNetV2.stages {
            let outputs = roundedChannels(Double(stage.c) * width)
            for number in 0..<stage.n {
                layers.append(
                    MobileNetV2Block(
                        channels, outputs, expansion: stage.t, stride: number == 0 ? stage.s : 1,
                        using: generator))
                channels = outputs
            }
        }
        let last = roundedChannels(1280 * max(1, width))
        layers.append(ConvNorm(channels, last, kernel: 1, activation: .relu6, using: generator))
        features = Sequential(layers)
        classifier = Sequential(
            Dropout(configuration.dropout),
            Linear(last, classes, using: generator)
                .initialized(.normal(mean: 0, std: 0.01), using: generator))
    }

    /// - Returns: [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        classifier(features(x).globalAvgPool().flatten(from: 1))
    }
}

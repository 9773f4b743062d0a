import Apus
import ApusNN

/// MobileNet for images [batch, 3, height, width] (Howard et al. 2017, arXiv 1704.04861): a 3×3 convolution,
/// thirteen depthwise separable ones, the average of all positions and a linear layer.
///
/// The state has timm's names: `conv_stem.weight`, `bn1.weight`, `blocks.0.0.conv_dw.weight`,
/// `classifier.weight`, …. As in the authors' code, and timm's after it, activations are ReLU6, where the
/// paper says ReLU.
public final class MobileNetV1: Module, Layer {
    /// How wide the network is.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// What the paper's numbers of channels are multiplied by; they are rounded to multiples of 8.
        public var width: Double
        /// How many numbers the linear layer gives for an image.
        public var classes: Int

        /// The paper's network for ImageNet, unless another width or number of classes is given.
        public init(width: Double = 1, classes: Int = 1000) {
            self.width = width
            self.classes = classes
        }

        /// 4,231,976 parameters.
        public static let mobileNetV1 = Configuration()
    }

    /// Channels and repetitions of the five stages; all but the first halve height and width.
    private static let stages = [(64, 1), (128, 2), (256, 2), (512, 6), (1024, 2)]

    /// 3×3 with stride 2, from 3 channels.
    public let stem: Conv2d
    /// Of the first convolution.
    public let bn1: BatchNorm2d
    /// Five stages, each a `Sequential` of `MobileNetV1Block`.
    public let blocks: Sequential
    /// From the averages of the last channels to the classes.
    public let classifier: Linear

    /// Convolutions start normally distributed for ReLU, by their outputs (He et al. 2015), the linear layer
    /// uniform in ±1/√classes.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let (width, classes) = (configuration.width, configuration.classes)
        if !(width > 0) || classes < 1 {
            fail("MobileNetV1", "a width of \(width) and \(classes) classes: positive numbers are wanted")
        }
        var channels = roundedChannels(32 * width)
        stem = Conv2d(3, channels, kernel: 3, stride: 2, padding: 1, bias: false, using: generator)
            .initialized(.heNormal(fan: .fanOut), using: generator)
        bn1 = BatchNorm2d(channels, activation: .relu6)
        var stages: [Sequential] = []
        for (index, (outputs, count)) in MobileNetV1.stages.enumerated() {
            let outputs = roundedChannels(Double(outputs) * width)
            stages.append(
                Sequential(
                    (0..<count).map { number in
                        defer { channels = outputs }
                        return MobileNetV1Block(
                            channels, outputs, stride: index > 0 && number == 0 ? 2 : 1, using: generator)
                    }))
        }
        blocks = Sequential(stages)
        let bound = 1 / Double(classes).squareRoot()
        classifier = Linear(channels, classes, using: generator)
            .initialized(.uniform(low: -bound, high: bound), using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        [
            ("conv_stem", .module(stem)), ("bn1", .module(bn1)), ("blocks", .module(blocks)),
            ("classifier", .module(classifier)),
        ]
    }

    /// - Returns: [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        classifier(blocks(bn1(stem(x))).globalAvgPool().flatten(from: 1))
    }
}

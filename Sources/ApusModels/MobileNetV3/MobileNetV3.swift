import Apus
import ApusNN

/// MobileNetV3 for images [batch, 3, height, width] (Howard et al. 2019, arXiv 1905.02244): a 3×3
/// convolution, inverted residuals, a 1×1 convolution, the average of all positions and two linear layers.
///
/// The state has torchvision's names: `features.0.0.weight`, `features.1.block.0.0.weight`,
/// `classifier.0.weight`, `classifier.3.weight`, ….
public final class MobileNetV3: Module, Layer {
    /// The blocks and what follows them.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// A block each, from the first to the last.
        public var rows: [MobileNetV3Block.Row]
        /// Outputs of the first of the two linear layers.
        public var hidden: Int
        /// How many numbers the second linear layer gives for an image.
        public var classes: Int
        /// The probability with which the second linear layer's inputs are dropped in training.
        public var dropout: Double

        /// A network of these blocks; the number of classes is that of ImageNet unless another is given.
        public init(rows: [MobileNetV3Block.Row], hidden: Int, classes: Int = 1000, dropout: Double = 0.2) {
            self.rows = rows
            self.hidden = hidden
            self.classes = classes
            self.dropout = dropout
        }

        /// The paper's table 1: 5,483,032 parameters.
        public static let large = Configuration(
            rows: [
                .init(3, 16, 16, false, .relu, 1),
                .init(3, 64, 24, false, .relu, 2),
                .init(3, 72, 24, false, .relu, 1),
                .init(5, 72, 40, true, .relu, 2),
                .init(5, 120, 40, true, .relu, 1),
                .init(5, 120, 40, true, .relu, 1),
                .init(3, 240, 80, false, .hardswish, 2),
                .init(3, 200, 80, false, .hardswish, 1),
                .init(3, 184, 80, false, .hardswish, 1),
                .init(3, 184, 80, false, .hardswish, 1),
                .init(3, 480, 112, true, .hardswish, 1),
                .init(3, 672, 112, true, .hardswish, 1),
                .init(5, 672, 160, true, .hardswish, 2),
                .init(5, 960, 160, true, .hardswish, 1),
                .init(5, 960, 160, true, .hardswish, 1),
            ], hidden: 1280)
        /// The paper's table 2: 2,542,856 parameters.
        public static let small = Configuration(
            rows: [
                .init(3, 16, 16, true, .relu, 2),
                .init(3, 72, 24, false, .relu, 2),
                .init(3, 88, 24, false, .relu, 1),
                .init(5, 96, 40, true, .hardswish, 2),
                .init(5, 240, 40, true, .hardswish, 1),
                .init(5, 240, 40, true, .hardswish, 1),
                .init(5, 120, 48, true, .hardswish, 1),
                .init(5, 144, 48, true, .hardswish, 1),
                .init(5, 288, 96, true, .hardswish, 2),
                .init(5, 576, 96, true, .hardswish, 1),
                .init(5, 576, 96, true, .hardswish, 1),
            ], hidden: 1024)
    }

    /// The first convolution, the blocks, the last convolution.
    public let features: Sequential
    /// A linear layer, hardswish, dropout, and a linear layer to the classes.
    public let classifier: Sequential

    /// Convolutions start normally distributed for ReLU, by their outputs (He et al. 2015), linear layers
    /// with a deviation of 0.01.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let (hidden, classes) = (configuration.hidden, configuration.classes)
        if configuration.rows.isEmpty || hidden < 1 || classes < 1 {
            fail(
                "MobileNetV3",
                "\(configuration.rows.count) blocks, \(hidden) hidden units and \(classes) classes: "
                    + "positive numbers are wanted")
        }
        var channels = 16
        var layers: [any Layer] = [
            mobileNetV3Convolution(3, channels, kernel: 3, stride: 2, activation: .hardswish, generator)
        ]
        for row in configuration.rows {
            layers.append(MobileNetV3Block(channels, row, using: generator))
            channels = row.channels
        }
        layers.append(
            mobileNetV3Convolution(channels, 6 * channels, kernel: 1, activation: .hardswish, generator))
        features = Sequential(layers)
        func linear(_ inputs: Int, _ outputs: Int) -> Linear {
            Linear(inputs, outputs, using: generator)
                .initialized(.normal(mean: 0, std: 0.01), using: generator)
        }
        classifier = Sequential(
            linear(6 * channels, hidden), Hardswish(), Dropout(configuration.dropout), linear(hidden, classes)
        )
    }

    /// - Returns: [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        classifier(features(x).globalAvgPool().flatten(from: 1))
    }
}

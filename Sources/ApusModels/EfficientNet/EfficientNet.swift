import Apus
import ApusNN

/// A network whose depth, width and resolution grow together (Tan & Le 2019, arXiv 1905.11946): B0 to B7, and
/// EfficientNetV2 (Tan & Le 2021, arXiv 2104.00298).
///
/// The state has torchvision's names: `features.0.0.weight` of the first convolution, `features.2.1.block.0.0.weight`
/// of a block, `classifier.1.weight`.
public final class EfficientNet: Module, Layer {
    /// A row of the paper's table of stages.
    public struct Stage: Codable, Sendable, Equatable {
        /// The form of its blocks.
        public var form: MBConv.Form
        /// How many times as many channels a block has inside.
        public var expansion: Double
        /// Of the blocks' convolution.
        public var kernel: Int
        /// Channels of the stage's result.
        public var outputs: Int
        /// How many blocks there are.
        public var repeats: Int
        /// Of the first block; the others have 1.
        public var stride: Int

        /// A row of the table.
        public init(
            _ form: MBConv.Form = .depthwise, expansion: Double, kernel: Int, outputs: Int, repeats: Int,
            stride: Int
        ) {
            self.form = form
            self.expansion = expansion
            self.kernel = kernel
            self.outputs = outputs
            self.repeats = repeats
            self.stride = stride
        }
    }

    /// The stages, and what is before and after them.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// Channels of the first convolution.
        public var stem: Int
        /// From the first to the last.
        public var stages: [Stage]
        /// Channels of the last convolution.
        public var head: Int
        /// Height and width of images that it was made for; it takes others too.
        public var resolution: Int
        /// Before the linear layer.
        public var dropout: Double
        /// The probability that the last block is left out in training; it grows from 0 linearly.
        public var stochasticDepth = 0.2
        /// Of the normalisations: the one with which the published weights were trained.
        public var epsilon = 1e-5
        /// Of the running statistics.
        public var momentum = 0.1
        /// How many numbers the linear layer gives for an image.
        public var classes = 1000
        /// Channels of the images.
        public var channels = 3
        /// Of the first convolution.
        public var stemStride = 2

        /// B0's table, or another.
        public init(stem: Int, stages: [Stage], head: Int, resolution: Int, dropout: Double) {
            self.stem = stem
            self.stages = stages
            self.head = head
            self.resolution = resolution
            self.dropout = dropout
        }
    }

    /// The first convolution, the stages, the last convolution.
    public let features: Sequential
    /// Dropout, and from the averages of the last channels to the classes.
    public let classifier: Sequential

    /// Convolutions start normally distributed for ReLU, by their outputs (He et al. 2015), the linear layer uniform in
    /// ±1/√classes.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let c = configuration
        let total = c.stages.reduce(0) { $0 + max($1.repeats, 0) }
        if c.stages.isEmpty || c.stages.contains(where: { $0.repeats < 1 || $0.outputs < 1 }) || c.stem < 1
            || min(c.head, c.classes, c.channels, c.stemStride) < 1
        {
            fail(
                "EfficientNet",
                "\(c.stages.count) stages of \(c.stages.map(\.repeats)) blocks with \(c.stages.map(\.outputs)) "
                    + "channels, \(c.stem) channels before them and \(c.head) after, \(c.classes) classes, images of "
                    + "\(c.channels) channels, a first stride of \(c.stemStride): positive numbers are wanted"
            )
        }
        func convNorm(_ inputs: Int, _ outputs: Int, _ kernel: Int, _ stride: Int) -> ConvNorm {
            ConvNorm(
                inputs, outputs, kernel: kernel, stride: stride, epsilon: c.epsilon, momentum: c.momentum,
                activation: .silu, using: generator)
        }
        var layers: [any Layer] = [convNorm(c.channels, c.stem, 3, c.stemStride)]
        var (channels, number) = (c.stem, 0)
        for stage in c.stages {
            let blocks = (0..<stage.repeats).map { index in
                defer { (channels, number) = (stage.outputs, number + 1) }
                let stride = index == 0 ? stage.stride : 1
                let drop = c.stochasticDepth * Double(number) / Double(total)
                return MBConv(
                    channels, stage.outputs, stage.form, kernel: stage.kernel, stride: stride,
                    expansion: stage.expansion, stochasticDepth: drop, epsilon: c.epsilon,
                    momentum: c.momentum, using: generator)
            }
            layers.append(Sequential(blocks))
        }
        layers.append(convNorm(channels, c.head, 1, 1))
        features = Sequential(layers)
        let bound = 1 / Double(c.classes).squareRoot()
        classifier = Sequential(
            Dropout(c.dropout),
            Linear(c.head, c.classes, using: generator)
                .initialized(.uniform(low: -bound, high: bound), using: generator))
    }

    /// [batch, channels, height, width] to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        classifier(features(x).globalAvgPool().flatten(from: 1))
    }
}

import Apus
import ApusNN

/// ShuffleNet for images [batch, 3, height, width] (Zhang et al. 2017, arXiv 1707.01083): a 3×3 convolution
/// and pooling, three stages of units with grouped convolutions, the average of all positions and a linear
/// layer.
///
/// The state has the names of the authors' code: `first_conv.0.weight`, `features.0.branch_main_1.0.weight`,
/// `classifier.0.weight`, …. That code averages 7×7 positions, all there are of an image of 224×224; this,
/// all positions of any image.
public final class ShuffleNetV1: Module, Layer {
    /// The groups, and the widths that go with them.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// Of the 1×1 convolutions.
        public var groups: Int
        /// Channels of the first convolution.
        public var stem: Int
        /// Channels of the first stage; each further stage doubles them.
        public var width: Int
        /// How many numbers the linear layer gives for an image.
        public var classes: Int

        /// Stages of `width` channels and more; the number of classes is that of ImageNet unless another is
        /// given.
        public init(groups: Int, stem: Int, width: Int, classes: Int = 1000) {
            self.groups = groups
            self.stem = stem
            self.width = width
            self.classes = classes
        }

        /// Three groups, half the width: 717,324 parameters.
        public static let g3x05 = Configuration(groups: 3, stem: 12, width: 120)
        /// Three groups: 1,864,728 parameters.
        public static let g3x10 = Configuration(groups: 3, stem: 24, width: 240)
        /// Three groups, one and a half times the width: 3,441,168 parameters.
        public static let g3x15 = Configuration(groups: 3, stem: 24, width: 360)
        /// Three groups, twice the width: 5,449,776 parameters.
        public static let g3x20 = Configuration(groups: 3, stem: 48, width: 480)
        /// Eight groups, half the width: 1,010,448 parameters.
        public static let g8x05 = Configuration(groups: 8, stem: 16, width: 192)
        /// Eight groups: 2,433,768 parameters.
        public static let g8x10 = Configuration(groups: 8, stem: 24, width: 384)
        /// Eight groups, one and a half times the width: 4,268,952 parameters.
        public static let g8x15 = Configuration(groups: 8, stem: 24, width: 576)
        /// Eight groups, twice the width: 6,521,232 parameters.
        public static let g8x20 = Configuration(groups: 8, stem: 48, width: 768)
    }

    /// Units of each stage, of which the first halves height and width.
    private static let depths = [4, 8, 4]

    /// 3×3 with stride 2, from 3 channels, and its normalisation with ReLU.
    public let firstConvolution: Sequential
    /// The units of all stages.
    public let features: Sequential
    /// From the averages of the last channels to the classes, without bias.
    public let classifier: Sequential

    /// Convolutions start normally distributed with a deviation of 1/inputs of a group, the first and the
    /// linear layer with one of 0.01, and biases of normalisations at 0.0001.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let (groups, stem, classes) = (configuration.groups, configuration.stem, configuration.classes)
        if groups < 1 || stem < 1 || configuration.width < 1 || classes < 1 {
            fail(
                "ShuffleNetV1",
                "\(groups) groups, \(stem) channels and then \(configuration.width), and \(classes) classes: "
                    + "positive numbers are wanted")
        }
        let convolution = Conv2d(3, stem, kernel: 3, stride: 2, padding: 1, bias: false, using: generator)
            .initialized(.normal(mean: 0, std: 0.01), using: generator)
        let norm = BatchNorm2d(stem, activation: .relu)
        norm.bias!.value = .full([stem], 0.0001)
        firstConvolution = Sequential(convolution, norm)
        var units: [any Layer] = []
        var channels = stem
        for (stage, depth) in ShuffleNetV1.depths.enumerated() {
            let outputs = configuration.width << stage
            for number in 0..<depth {
                units.append(
                    ShuffleNetV1Block(
                        channels, outputs, groups: groups, stride: number == 0 ? 2 : 1,
                        groupsFirst: !units.isEmpty, using: generator))
                channels = outputs
            }
        }
        features = Sequential(units)
        classifier = Sequential(
            Linear(channels, classes, bias: false, using: generator)
                .initialized(.normal(mean: 0, std: 0.01), using: generator))
    }

    public override var members: [(name: String, member: Member)] {
        [
            ("first_conv", .module(firstConvolution)), ("features", .module(features)),
            ("classifier", .module(classifier)),
        ]
    }

    /// - Returns: [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        let x = firstConvolution(x).maxPool2d(3, stride: 2, padding: 1)
        return classifier(features(x).globalAvgPool().flatten(from: 1))
    }
}

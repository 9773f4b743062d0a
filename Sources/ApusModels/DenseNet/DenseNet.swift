import Apus
import ApusNN

/// A network whose layers see the results of all before them (Huang et al. 2016): [batch, 3, height, width],
/// from 29×29, to [batch, classes].
///
/// The state has torchvision's names: `features.conv0.weight`,
/// `features.denseblock1.denselayer1.norm1.weight`, …, `features.transition1.conv.weight`, …,
/// `classifier.weight`.
public final class DenseNet: Module, Layer {
    /// A column of the paper's table 1.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// Layers of each dense block; what is between two blocks halves channels, height and width.
        public var depths: [Int]
        /// How many channels each layer adds; the first convolution has twice as many.
        public var growth: Int
        /// How many numbers the last layer gives for an image.
        public var classes: Int

        /// A growth of 32, and the classes of ImageNet, unless others are given.
        public init(depths: [Int], growth: Int = 32, classes: Int = 1000) {
            self.depths = depths
            self.growth = growth
            self.classes = classes
        }

        /// 121 layers, 7,978,856 parameters.
        public static let denseNet121 = Configuration(depths: [6, 12, 24, 16])
        /// 161 layers, 28,681,000 parameters.
        public static let denseNet161 = Configuration(depths: [6, 12, 36, 24], growth: 48)
        /// 169 layers, 14,149,480 parameters.
        public static let denseNet169 = Configuration(depths: [6, 12, 32, 32])
        /// 201 layers, 20,013,928 parameters.
        public static let denseNet201 = Configuration(depths: [6, 12, 48, 32])
    }

    /// All but the last layer.
    public let features: NamedSequential
    /// From the averages of the last channels to the classes.
    public let classifier: Linear
    private let smallest: Int

    /// Convolutions start normally distributed for ReLU (He et al. 2015), the linear layer uniform in
    /// ±1/√inputs.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let (depths, growth) = (configuration.depths, configuration.growth)
        if depths.isEmpty || depths.contains(where: { $0 < 1 }) || growth < 1 {
            fail(
                "DenseNet",
                "blocks of \(depths) layers that add \(growth) channels each: positive numbers are wanted")
        }
        checkClasses(configuration.classes, "DenseNet")
        var channels = 2 * growth
        var layers: [(name: String, layer: any Layer)] = [
            (
                "conv0",
                Conv2d(3, channels, kernel: 7, stride: 2, padding: 3, bias: false, using: generator)
                    .initialized(.heNormal(), using: generator)
            ),
            ("norm0", BatchNorm2d(channels, activation: .relu)),
            ("pool0", MaxPool2d(3, stride: 2, padding: 1)),
        ]
        for (block, depth) in zip(1..., depths) {
            if block > 1 {
                layers.append(("transition\(block - 1)", DenseNet.transition(channels, generator)))
                channels /= 2
            }
            let dense = (1...depth).map { number -> (name: String, layer: any Layer) in
                defer { channels += growth }
                return ("denselayer\(number)", DenseLayer(channels, growth: growth, using: generator))
            }
            layers.append(("denseblock\(block)", NamedSequential(dense)))
        }
        layers.append(("norm\(depths.count + 1)", BatchNorm2d(channels, activation: .relu)))
        features = NamedSequential(layers)
        classifier = Linear(channels, configuration.classes, using: generator)
        classifier.bias!.value = .zeros([configuration.classes])
        // The first convolution and the first pooling halve and round up, the averages halve and round down.
        smallest = (4 << (depths.count - 1)) - 3
    }

    /// Batch normalisation, ReLU, a 1×1 convolution to half the channels, and the average of 2×2 positions.
    private static func transition(_ inputs: Int, _ generator: RandomGenerator) -> NamedSequential {
        NamedSequential([
            ("norm", BatchNorm2d(inputs, activation: .relu)),
            (
                "conv",
                Conv2d(inputs, inputs / 2, kernel: 1, bias: false, using: generator)
                    .initialized(.heNormal(), using: generator)
            ),
            ("pool", AvgPool2d(2)),
        ])
    }

    /// [batch, 3, height, width] to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        checkImages(x, smallest: smallest, "DenseNet")
        return classifier(features(x).globalAvgPool().flatten(from: 1))
    }
}

import Apus
import ApusNN

/// The Inception network taken to its extreme, depthwise separable convolutions (Chollet 2017, figure 5):
/// [batch, 3, height, width], from 7×7, to [batch, classes].
///
/// The state has the names of timm's `legacy_xception`: `conv1.weight`, `block1.rep.0.conv1.weight`, …,
/// `fc.weight`.
public final class Xception: Module, Layer {
    /// How many classes there are.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// How many numbers the last layer gives for an image.
        public var classes: Int

        /// For the classes of ImageNet unless others are given.
        public init(classes: Int = 1000) { self.classes = classes }

        /// For ImageNet and images of 299×299, 22,855,952 parameters.
        public static let xception = Configuration()
    }

    /// All but the last layer; its members are the model's.
    public let features: NamedSequential
    /// From the averages of the last channels to the classes.
    public let fc: Linear

    /// Convolutions start normally distributed for ReLU, by their outputs (He et al. 2015), the linear layer
    /// uniform in ±1/√inputs.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        checkClasses(configuration.classes, "Xception")
        func conv(_ inputs: Int, _ outputs: Int, stride: Extents) -> Conv2d {
            Conv2d(inputs, outputs, kernel: 3, stride: stride, bias: false, using: generator)
                .initialized(.heNormal(fan: .fanOut), using: generator)
        }
        func block(_ inputs: Int, _ widths: [Int], stride: Int = 1, startsWithReLU: Bool = true)
            -> XceptionBlock
        {
            XceptionBlock(
                inputs, widths: widths, stride: stride, startsWithReLU: startsWithReLU, using: generator)
        }
        let entry: [(name: String, layer: any Layer)] = [
            ("conv1", conv(3, 32, stride: 2)), ("bn1", BatchNorm2d(32, activation: .relu)),
            ("conv2", conv(32, 64, stride: 1)), ("bn2", BatchNorm2d(64, activation: .relu)),
            ("block1", block(64, [128, 128], stride: 2, startsWithReLU: false)),
            ("block2", block(128, [256, 256], stride: 2)),
            ("block3", block(256, [728, 728], stride: 2)),
        ]
        let middle = (4...11).map { number -> (name: String, layer: any Layer) in
            ("block\(number)", block(728, [728, 728, 728]))
        }
        let exit: [(name: String, layer: any Layer)] = [
            ("block12", block(728, [728, 1024], stride: 2)),
            ("conv3", xceptionConvolution(1024, 1536, generator)),
            ("bn3", BatchNorm2d(1536, activation: .relu)),
            ("conv4", xceptionConvolution(1536, 2048, generator)),
            ("bn4", BatchNorm2d(2048, activation: .relu)),
        ]
        features = NamedSequential(entry + middle + exit)
        fc = Linear(2048, configuration.classes, using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        features.members + [("fc", .module(fc))]
    }

    /// [batch, 3, height, width] to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        checkImages(x, smallest: 7, "Xception")
        return fc(features(x).globalAvgPool().flatten(from: 1))
    }
}

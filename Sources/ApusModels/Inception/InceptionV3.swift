import Apus
import ApusNN

/// The third Inception network, whose large convolutions are chains of small ones (Szegedy et al. 2015, table
/// 1): [batch, 3, height, width], from 75×75, to [batch, classes].
///
/// The state has torchvision's names: `Conv2d_1a_3x3.conv.weight`, `Mixed_5b.branch1x1.conv.weight`, …,
/// `fc.weight`.
public final class InceptionV3: Module, Layer {
    /// How many classes there are.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// How many numbers the last layer gives for an image.
        public var classes: Int

        /// For the classes of ImageNet unless others are given.
        public init(classes: Int = 1000) { self.classes = classes }

        /// For ImageNet, 299×299; 27,161,264 parameters, 3,326,696 of them in the auxiliary head.
        public static let inceptionV3 = Configuration()
    }

    /// 3×3 with stride 2, to 32 channels.
    public let Conv2d_1a_3x3: InceptionConv
    /// 3×3, to 32 channels.
    public let Conv2d_2a_3x3: InceptionConv
    /// 3×3, to 64 channels, in the size of its input.
    public let Conv2d_2b_3x3: InceptionConv
    /// 1×1, to 80 channels.
    public let Conv2d_3b_1x1: InceptionConv
    /// 3×3, to 192 channels.
    public let Conv2d_4a_3x3: InceptionConv
    /// From 192 to 256 channels.
    public let Mixed_5b: InceptionBlock
    /// From 256 to 288 channels.
    public let Mixed_5c: InceptionBlock
    /// From 288 to 288 channels.
    public let Mixed_5d: InceptionBlock
    /// From 288 to 768 channels, half the size.
    public let Mixed_6a: InceptionBlock
    /// From 768 to 768 channels.
    public let Mixed_6b: InceptionBlock
    /// From 768 to 768 channels.
    public let Mixed_6c: InceptionBlock
    /// From 768 to 768 channels.
    public let Mixed_6d: InceptionBlock
    /// From 768 to 768 channels.
    public let Mixed_6e: InceptionBlock
    /// Tells the classes from what block 6e gives.
    public let AuxLogits: InceptionV3Auxiliary
    /// From 768 to 1280 channels, half the size.
    public let Mixed_7a: InceptionBlock
    /// From 1280 to 2048 channels.
    public let Mixed_7b: InceptionBlock
    /// From 2048 to 2048 channels.
    public let Mixed_7c: InceptionBlock
    /// Before the last layer.
    public let dropout: Dropout
    /// From the averages of the last channels to the classes.
    public let fc: Linear

    /// Weights start normally distributed with a deviation of 0.1.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        checkClasses(configuration.classes, "InceptionV3")
        func conv(_ inputs: Int, _ outputs: Int, _ kernel: Extents, stride: Extents = 1, padding: Extents = 0)
            -> InceptionConv
        {
            InceptionConv(
                inputs, outputs, kernel: kernel, stride: stride, padding: padding, std: 0.1, using: generator)
        }
        Conv2d_1a_3x3 = conv(3, 32, 3, stride: 2)
        Conv2d_2a_3x3 = conv(32, 32, 3)
        Conv2d_2b_3x3 = conv(32, 64, 3, padding: 1)
        Conv2d_3b_1x1 = conv(64, 80, 1)
        Conv2d_4a_3x3 = conv(80, 192, 3)
        Mixed_5b = .a(192, pooled: 32, using: generator)
        Mixed_5c = .a(256, pooled: 64, using: generator)
        Mixed_5d = .a(288, pooled: 64, using: generator)
        Mixed_6a = .b(288, using: generator)
        Mixed_6b = .c(768, narrow: 128, using: generator)
        Mixed_6c = .c(768, narrow: 160, using: generator)
        Mixed_6d = .c(768, narrow: 160, using: generator)
        Mixed_6e = .c(768, narrow: 192, using: generator)
        AuxLogits = InceptionV3Auxiliary(768, classes: configuration.classes, using: generator)
        Mixed_7a = .d(768, using: generator)
        Mixed_7b = .e(1280, using: generator)
        Mixed_7c = .e(2048, using: generator)
        dropout = Dropout()
        fc = Linear(2048, configuration.classes, using: generator)
        fc.weight.value = .normal(fc.weight.shape, mean: 0, std: 0.1, using: generator)
    }

    /// [batch, 3, height, width] to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        checkImages(x, smallest: 75, "InceptionV3")
        return logits(fromBlock6e: block6e(x))
    }

    /// What `forward` gives, and what the auxiliary head does, both [batch, classes]. Images from 299×299.
    public func logitsAndAuxiliaries(_ x: Tensor) -> (logits: Tensor, auxiliary: Tensor) {
        checkImages(x, smallest: 299, "InceptionV3 with its auxiliary head")
        let middle = block6e(x)
        return (logits(fromBlock6e: middle), AuxLogits(middle))
    }

    private func block6e(_ x: Tensor) -> Tensor {
        var x = Conv2d_2b_3x3(Conv2d_2a_3x3(Conv2d_1a_3x3(x))).maxPool2d(3, stride: 2)
        x = Conv2d_4a_3x3(Conv2d_3b_1x1(x)).maxPool2d(3, stride: 2)
        x = Mixed_5d(Mixed_5c(Mixed_5b(x)))
        return Mixed_6e(Mixed_6d(Mixed_6c(Mixed_6b(Mixed_6a(x)))))
    }

    private func logits(fromBlock6e x: Tensor) -> Tensor {
        fc(dropout(Mixed_7c(Mixed_7b(Mixed_7a(x))).globalAvgPool().flatten(from: 1)))
    }
}

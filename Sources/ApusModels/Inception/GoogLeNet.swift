import Apus
import ApusNN

/// The first Inception network (Szegedy et al. 2014), with batch normalisation (Ioffe & Szegedy 2015):
/// [batch, 3, height, width], from 15×15, to [batch, classes].
///
/// The state has torchvision's names: `conv1.conv.weight`, `inception3a.branch1.conv.weight`, …, `fc.weight`.
/// So has the structure: the branches that the paper gives a 5×5 convolution have a 3×3 one.
public final class GoogLeNet: Module, Layer {
    /// How many classes there are.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// How many numbers the last layer gives for an image.
        public var classes: Int

        /// For the classes of ImageNet unless others are given.
        public init(classes: Int = 1000) { self.classes = classes }

        /// For ImageNet, 13,004,888 parameters, 6,379,984 of them in the auxiliary heads.
        public static let googLeNet = Configuration()
    }

    /// 7×7 with stride 2, to 64 channels.
    public let conv1: InceptionConv
    /// 1×1, to 64 channels.
    public let conv2: InceptionConv
    /// 3×3, to 192 channels.
    public let conv3: InceptionConv
    /// From 192 to 256 channels.
    public let inception3a: InceptionBlock
    /// From 256 to 480 channels.
    public let inception3b: InceptionBlock
    /// From 480 to 512 channels.
    public let inception4a: InceptionBlock
    /// From 512 to 512 channels.
    public let inception4b: InceptionBlock
    /// From 512 to 512 channels.
    public let inception4c: InceptionBlock
    /// From 512 to 528 channels.
    public let inception4d: InceptionBlock
    /// From 528 to 832 channels.
    public let inception4e: InceptionBlock
    /// From 832 to 832 channels.
    public let inception5a: InceptionBlock
    /// From 832 to 1024 channels.
    public let inception5b: InceptionBlock
    /// Tells the classes from what block 4a gives.
    public let aux1: GoogLeNetAuxiliary
    /// Tells the classes from what block 4d gives.
    public let aux2: GoogLeNetAuxiliary
    /// Before the last layer.
    public let dropout: Dropout
    /// From the averages of the last channels to the classes.
    public let fc: Linear

    /// Weights start normally distributed with a deviation of 0.01.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let classes = configuration.classes
        checkClasses(classes, "GoogLeNet")
        let std = 0.01
        func conv(_ inputs: Int, _ outputs: Int, _ kernel: Int = 1, stride: Int = 1) -> InceptionConv {
            InceptionConv(
                inputs, outputs, kernel: Extents(kernel), stride: Extents(stride),
                padding: Extents(kernel / 2), std: std, using: generator)
        }
        // The columns of the paper's table 1: #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj.
        func inception(
            _ inputs: Int, _ c1: Int, _ reduced3: Int, _ c3: Int, _ reduced5: Int, _ c5: Int, _ pooled: Int
        ) -> InceptionBlock {
            InceptionBlock(
                [("branch1", conv(inputs, c1))],
                [("branch2", Sequential(conv(inputs, reduced3), conv(reduced3, c3, 3)))],
                [("branch3", Sequential(conv(inputs, reduced5), conv(reduced5, c5, 3)))],
                [("branch4", Sequential(MaxPool2d(3, stride: 1, padding: 1), conv(inputs, pooled)))])
        }
        conv1 = conv(3, 64, 7, stride: 2)
        conv2 = conv(64, 64)
        conv3 = conv(64, 192, 3)
        inception3a = inception(192, 64, 96, 128, 16, 32, 32)
        inception3b = inception(256, 128, 128, 192, 32, 96, 64)
        inception4a = inception(480, 192, 96, 208, 16, 48, 64)
        inception4b = inception(512, 160, 112, 224, 24, 64, 64)
        inception4c = inception(512, 128, 128, 256, 24, 64, 64)
        inception4d = inception(512, 112, 144, 288, 32, 64, 64)
        inception4e = inception(528, 256, 160, 320, 32, 128, 128)
        inception5a = inception(832, 256, 160, 320, 32, 128, 128)
        inception5b = inception(832, 384, 192, 384, 48, 128, 128)
        aux1 = GoogLeNetAuxiliary(512, classes: classes, std: std, using: generator)
        aux2 = GoogLeNetAuxiliary(528, classes: classes, std: std, using: generator)
        dropout = Dropout(0.2)
        fc = Linear(1024, classes, using: generator)
        fc.weight.value = .normal(fc.weight.shape, mean: 0, std: std, using: generator)
    }

    /// [batch, 3, height, width] to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor { logits(fromBlock4d: block4d(block4a(x))) }

    /// What `forward` gives, and what the two auxiliary heads do, each [batch, classes]: the paper adds their
    /// losses to the main one with a weight of 0.3.
    public func logitsAndAuxiliaries(_ x: Tensor) -> (logits: Tensor, aux1: Tensor, aux2: Tensor) {
        let first = block4a(x)
        let second = block4d(first)
        return (logits(fromBlock4d: second), aux1(first), aux2(second))
    }

    private func block4a(_ x: Tensor) -> Tensor {
        checkImages(x, smallest: 15, "GoogLeNet")
        var x = conv1(x).maxPool2d(3, stride: 2, ceilMode: true)
        x = conv3(conv2(x)).maxPool2d(3, stride: 2, ceilMode: true)
        x = inception3b(inception3a(x)).maxPool2d(3, stride: 2, ceilMode: true)
        return inception4a(x)
    }

    private func block4d(_ x: Tensor) -> Tensor { inception4d(inception4c(inception4b(x))) }

    private func logits(fromBlock4d x: Tensor) -> Tensor {
        let x = inception4e(x).maxPool2d(2, stride: 2, ceilMode: true)
        return fc(dropout(inception5b(inception5a(x)).globalAvgPool().flatten(from: 1)))
    }
}

import Apus
import ApusNN

/// A residual network for images [batch, 3, height, width] (He et al. 2015): a 7×7 convolution and pooling,
/// four stages of blocks of which all but the first halve the image, the average of all positions and a
/// linear layer.
///
/// With 3×3 convolutions in groups it is a ResNeXt (Xie et al. 2016), with more channels in them a wide
/// residual network (Zagoruyko & Komodakis 2016).
///
/// The state has torchvision's names and shapes: `conv1.weight`, `bn1.weight`, `layer1.0.conv1.weight`,
/// `layer2.0.downsample.0.weight`, `fc.weight`, …. So does the arithmetic: bottlenecks stride in their 3×3
/// convolution.
public final class ResNet: Module, Layer {
    /// The kind and number of blocks, and their widths.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// What the stages are made of.
        public enum Block: String, Codable, Sendable {
            /// Two 3×3 convolutions.
            case basic
            /// 1×1, 3×3 and 1×1 to four times as many channels.
            case bottleneck
        }

        /// The kind that all stages are made of.
        public var block: Block
        /// Blocks of each of the four stages.
        public var depths: [Int]
        /// Channels of the first convolution and of the first stage; each further stage doubles them.
        public var width: Int
        /// Groups of the bottlenecks' 3×3 convolutions.
        public var groups: Int
        /// Channels of each group for 64 of the stage's width.
        public var widthPerGroup: Int
        /// How many numbers the linear layer gives for an image.
        public var classes: Int

        /// Four stages of `depths` blocks; the widths and the number of classes are those for ImageNet unless
        /// others are given.
        public init(
            block: Block, depths: [Int], width: Int = 64, groups: Int = 1, widthPerGroup: Int = 64,
            classes: Int = 1000
        ) {
            self.block = block
            self.depths = depths
            self.width = width
            self.groups = groups
            self.widthPerGroup = widthPerGroup
            self.classes = classes
        }

        /// 18 layers, 11,689,512 parameters.
        public static let resNet18 = Configuration(block: .basic, depths: [2, 2, 2, 2])
        /// 34 layers, 21,797,672 parameters.
        public static let resNet34 = Configuration(block: .basic, depths: [3, 4, 6, 3])
        /// 50 layers, 25,557,032 parameters.
        public static let resNet50 = Configuration(block: .bottleneck, depths: [3, 4, 6, 3])
        /// 101 layers, 44,549,160 parameters.
        public static let resNet101 = Configuration(block: .bottleneck, depths: [3, 4, 23, 3])
        /// 152 layers, 60,192,808 parameters.
        public static let resNet152 = Configuration(block: .bottleneck, depths: [3, 8, 36, 3])
        /// 50 layers with 32 groups of 4 channels, 25,028,904 parameters.
        public static let resNeXt50_32x4d = Configuration(
            block: .bottleneck, depths: [3, 4, 6, 3], groups: 32, widthPerGroup: 4)
        /// 101 layers with 32 groups of 8 channels, 88,791,336 parameters.
        public static let resNeXt101_32x8d = Configuration(
            block: .bottleneck, depths: [3, 4, 23, 3], groups: 32, widthPerGroup: 8)
        /// 101 layers with 64 groups of 4 channels, 83,455,272 parameters.
        public static let resNeXt101_64x4d = Configuration(
            block: .bottleneck, depths: [3, 4, 23, 3], groups: 64, widthPerGroup: 4)
        /// 50 layers with 3×3 convolutions of twice the channels, 68,883,240 parameters.
        public static let wideResNet50_2 = Configuration(
            block: .bottleneck, depths: [3, 4, 6, 3], widthPerGroup: 128)
        /// 101 layers with 3×3 convolutions of twice the channels, 126,886,696 parameters.
        public static let wideResNet101_2 = Configuration(
            block: .bottleneck, depths: [3, 4, 23, 3], widthPerGroup: 128)
    }

    /// 7×7 with stride 2, from 3 channels to the width.
    public let conv1: Conv2d
    /// Of the first convolution, with ReLU.
    public let bn1: BatchNorm2d
    /// The first stage, in the size that the pooling leaves.
    public let layer1: Sequential
    /// The second stage, which halves height and width.
    public let layer2: Sequential
    /// The third stage, which halves height and width.
    public let layer3: Sequential
    /// The fourth stage, which halves height and width.
    public let layer4: Sequential
    /// From the averages of the last channels to the classes.
    public let fc: Linear

    /// Convolutions start normally distributed for ReLU, by their outputs (He et al. 2015), normalisations as
    /// identity.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let (depths, width) = (configuration.depths, configuration.width)
        if depths.count != 4 || depths.contains(where: { $0 < 1 }) || width < 1 || configuration.classes < 1 {
            fail(
                "ResNet",
                "\(depths) blocks, a width of \(width) and \(configuration.classes) classes: four stages of one "
                    + "block at least, and positive numbers, are wanted")
        }
        let (groups, widthPerGroup) = (configuration.groups, configuration.widthPerGroup)
        if groups < 1 || width * widthPerGroup < 64
            || configuration.block == .basic && (groups, widthPerGroup) != (1, 64)
        {
            fail(
                "ResNet",
                "\(groups) groups of \(widthPerGroup) channels for 64 of a stage's, whose width is \(width): "
                    + "one group and one channel at least are wanted, and one group of 64 with basic blocks")
        }
        conv1 = residualConvolution(3, width, kernel: 7, stride: 2, generator)
        bn1 = BatchNorm2d(width, activation: .relu)
        var channels = width
        func stage(_ index: Int) -> Sequential {
            let own = width << index
            let blocks = (0..<depths[index]).map { number -> any Layer in
                let stride = index > 0 && number == 0 ? 2 : 1
                switch configuration.block {
                case .basic:
                    defer { channels = own }
                    return ResNetBasicBlock(channels, own, stride: stride, using: generator)
                case .bottleneck:
                    defer { channels = 4 * own }
                    return ResNetBottleneck(
                        channels, own, inner: own * widthPerGroup / 64 * groups, groups: groups,
                        stride: stride, using: generator)
                }
            }
            return Sequential(blocks)
        }
        layer1 = stage(0)
        layer2 = stage(1)
        layer3 = stage(2)
        layer4 = stage(3)
        fc = Linear(channels, configuration.classes, using: generator)
    }

    /// - Returns: [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        let x = bn1(conv1(x)).maxPool2d(3, stride: 2, padding: 1)
        return fc(layer4(layer3(layer2(layer1(x)))).globalAvgPool().flatten(from: 1))
    }
}

/// A convolution without bias, padded to keep the extent at stride 1.
func residualConvolution(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1, _ generator: RandomGenerator
) -> Conv2d {
    Conv2d(
        inputs, outputs, kernel: Extents(kernel), stride: Extents(stride),
        padding: .symmetric(Extents(kernel / 2)), groups: groups, bias: false, using: generator
    ).initialized(.heNormal(fan: .fanOut), using: generator)
}

/// What brings a block's input to the shape of its result; nil where it has that shape.
func residualDownsample(_ inputs: Int, _ outputs: Int, stride: Int, _ generator: RandomGenerator)
    -> Sequential?
{
    if stride == 1 && inputs == outputs { return nil }
    return Sequential(
        residualConvolution(inputs, outputs, kernel: 1, stride: stride, generator), BatchNorm2d(outputs))
}

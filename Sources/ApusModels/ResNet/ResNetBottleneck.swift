import Apus
import ApusNN

/// A 1×1, a 3×3 and a 1×1 convolution with batch normalisation, added to the input (He et al. 2015): [batch,
/// inputs, height, width] to [batch, 4 · channels, ⌈height / stride⌉, ⌈width / stride⌉].
public final class ResNetBottleneck: Module, Layer {
    /// 1×1, to the inner channels.
    public let conv1: Conv2d
    /// Of the first convolution.
    public let bn1: BatchNorm2d
    /// 3×3, with the stride of the block, in groups.
    public let conv2: Conv2d
    /// Of the second convolution.
    public let bn2: BatchNorm2d
    /// 1×1, to four times `channels`.
    public let conv3: Conv2d
    /// Of the third convolution.
    public let bn3: BatchNorm2d
    /// A 1×1 convolution and normalisation of the input, where it has not the shape of the result.
    public let downsample: Sequential?

    /// - Parameters:
    ///   - channels: a quarter of those of the result.
    ///   - inner: channels of the first two convolutions; nil is `channels`.
    ///   - groups: of the 3×3 convolution.
    ///   - stride: of the 3×3 convolution; 2 halves height and width.
    public init(
        _ inputs: Int, _ channels: Int, inner: Int? = nil, groups: Int = 1, stride: Int = 1,
        using generator: RandomGenerator = .default
    ) {
        let inner = inner ?? channels
        conv1 = residualConvolution(inputs, inner, kernel: 1, generator)
        bn1 = BatchNorm2d(inner, activation: .relu)
        conv2 = residualConvolution(inner, inner, kernel: 3, stride: stride, groups: groups, generator)
        bn2 = BatchNorm2d(inner, activation: .relu)
        conv3 = residualConvolution(inner, 4 * channels, kernel: 1, generator)
        bn3 = BatchNorm2d(4 * channels)
        downsample = residualDownsample(inputs, 4 * channels, stride: stride, generator)
    }

    /// [batch, inputs, height, width] to [batch, 4 · channels, ⌈height / stride⌉, ⌈width / stride⌉].
    public func forward(_ x: Tensor) -> Tensor {
        let y = bn3(conv3(bn2(conv2(bn1(conv1(x))))))
        return (y + (downsample?(x) ?? x)).relu()
    }
}

import Apus
import ApusNN

/// Two 3×3 convolutions with batch normalisation, added to the input (He et al. 2015): [batch, inputs,
/// height, width] to [batch, channels, ⌈height / stride⌉, ⌈width / stride⌉].
public final class ResNetBasicBlock: Module, Layer {
    /// 3×3, with the stride of the block.
    public let conv1: Conv2d
    /// Of the first convolution.
    public let bn1: BatchNorm2d
    /// 3×3, with stride 1.
    public let conv2: Conv2d
    /// Of the second convolution.
    public let bn2: BatchNorm2d
    /// A 1×1 convolution and normalisation of the input, where it has not the shape of the result.
    public let downsample: Sequential?

    /// - Parameters:
    ///   - channels: of both convolutions and of the result.
    ///   - stride: of the first convolution; 2 halves height and width.
    public init(_ inputs: Int, _ channels: Int, stride: Int = 1, using generator: RandomGenerator = .default)
    {
        conv1 = residualConvolution(inputs, channels, kernel: 3, stride: stride, generator)
        bn1 = BatchNorm2d(channels, activation: .relu)
        conv2 = residualConvolution(channels, channels, kernel: 3, generator)
        bn2 = BatchNorm2d(channels)
        downsample = residualDownsample(inputs, channels, stride: stride, generator)
    }

    /// [batch, inputs, height, width] to [batch, channels, ⌈height / stride⌉, ⌈width / stride⌉].
    public func forward(_ x: Tensor) -> Tensor {
        let y = bn2(conv2(bn1(conv1(x))))
        return (y + (downsample?(x) ?? x)).relu()
    }
}

import Apus
import ApusNN

/// Two 3×3 convolutions with batch normalisation, added to the input (He et al. 2015): [batch, inputs, height, width]
/// to [batch, channels, ⌈height / stride⌉, ⌈width / stride⌉].
public final class ResNetBasicBlock: Module, Layer {
    /// 3×3, with the stride of the block.
    public let conv1: Conv2d
    /// Of the first convolution; nil once it is folded into it.
    public let bn1: BatchNorm2d?
    /// 3×3, with stride 1.
    public let conv2: Conv2d
    /// Of the second convolution; nil once it is folded into it.
    public let bn2: BatchNorm2d?
    /// A 1×1 convolution and normalisation of the input, where it has not the shape of the result.
    public let downsample: Sequential?

    /// - Parameters:
    ///   - channels: of both convolutions and of the result.
    ///   - stride: of the first convolution; 2 halves height and width.
    public init(_ inputs: Int, _ channels: Int, stride: Int = 1, using generator: RandomGenerator = .default)
    {
        conv1 = residualConvolution(inputs, channels, kernel: 3, stride: stride, generator)
        bn1 = BatchNorm2d(channels)
        conv2 = residualConvolution(channels, channels, kernel: 3, generator)
        bn2 = BatchNorm2d(channels)
        downsample = residualDownsample(inputs, channels, stride: stride, generator)
    }

    private init(folding block: ResNetBasicBlock) {
        (conv1, bn1) = block.conv1.folding(block.bn1)
        (conv2, bn2) = block.conv2.folding(block.bn2)
        downsample = block.downsample?.fused()
    }

    /// [batch, inputs, height, width] to [batch, channels, ⌈height / stride⌉, ⌈width / stride⌉].
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let y = conv2(conv1(x, norm: bn1, relu: true), norm: bn2)
        return (y + (downsample?(x) ?? x)).relu()
    }

    /// The block for inference, whose convolutions have taken in the normalisations and have biases; in evaluation
    /// only.
    public func fused() -> ResNetBasicBlock { ResNetBasicBlock(folding: self) }
}

import Apus
import ApusNN

/// The unit of ShuffleNetV2 (Ma et al. 2018, figure 3): one half of the channels goes past, the other through
/// a 1×1 convolution, a 3×3 one of each channel by itself and a 1×1 one; then both are shuffled.
///
/// With stride 2 both halves of the result come from all channels, by a branch each: [batch, inputs, height,
/// width] to [batch, outputs, ⌈height / 2⌉, ⌈width / 2⌉]. State: `branch1.0.weight`, `branch1.1.…`, …,
/// `branch2.6.…`.
public final class ShuffleNetV2Block: Module, Layer {
    /// With stride 2, a 3×3 convolution of each channel by itself and a 1×1 one; else empty.
    public let branch1: Sequential
    /// A 1×1 convolution, a 3×3 one of each channel by itself and a 1×1 one.
    public let branch2: Sequential
    /// 1, or 2, which halves height and width.
    public let stride: Int

    /// Weights start as those of `Conv2d`.
    ///
    /// - Parameters:
    ///   - outputs: even; with stride 1 as many as the inputs.
    ///   - stride: 1 or 2.
    public init(_ inputs: Int, _ outputs: Int, stride: Int = 1, using generator: RandomGenerator = .default) {
        if stride != 1 && stride != 2 || outputs % 2 != 0 || stride == 1 && inputs != outputs {
            fail(
                "ShuffleNetV2Block",
                "\(inputs) input and \(outputs) output channels with stride \(stride): an even number "
                    + "of outputs is wanted, and a stride of 2, or of 1 with as many inputs")
        }
        let half = outputs / 2
        func depthwise(_ channels: Int) -> DepthwiseConv2d {
            DepthwiseConv2d(
                channels, kernel: 3, stride: Extents(stride), padding: 1, bias: false, using: generator)
        }
        func pointwise(_ inputs: Int) -> Conv2d {
            Conv2d(inputs, half, kernel: 1, bias: false, using: generator)
        }
        // What torchvision has after a normalisation is part of it; Identity keeps the indices.
        branch1 =
            stride == 1
            ? Sequential()
            : Sequential(
                depthwise(inputs), BatchNorm2d(inputs), pointwise(inputs),
                BatchNorm2d(half, activation: .relu))
        branch2 = Sequential(
            pointwise(stride == 1 ? half : inputs), BatchNorm2d(half, activation: .relu), Identity(),
            depthwise(half), BatchNorm2d(half), pointwise(half), BatchNorm2d(half, activation: .relu))
        self.stride = stride
    }

    /// [batch, inputs, height, width] to [batch, outputs, ⌈height / stride⌉, ⌈width / stride⌉].
    public func forward(_ x: Tensor) -> Tensor {
        if stride == 2 { return .interleavedChannels(branch1(x), branch2(x)) }
        let halves = x.chunk(2, axis: 1)
        return .interleavedChannels(halves[0], branch2(halves[1]))
    }
}

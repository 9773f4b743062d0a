import Apus

/// Depthwise convolution along one axis: [batch, channels, length] to [batch, channels · multiplier, length].
public typealias DepthwiseConv1d = DepthwiseConv<1>
/// Depthwise convolution of planes: [batch, channels, height, width] to [batch, channels · multiplier, height, width].
public typealias DepthwiseConv2d = DepthwiseConv<2>
/// Depthwise convolution of volumes: [batch, channels, depth, height, width] to [batch, channels · multiplier, depth,
/// height, width].
public typealias DepthwiseConv3d = DepthwiseConv<3>

/// Depthwise convolution along one to three axes: each channel is filtered for itself. See `Tensor.depthwiseConv2d`.
///
/// Weight [channels · multiplier, 1, kernel…] and bias start uniform in ±1/√(weights of an output).
public final class DepthwiseConv<let axes: Int>: Conv<axes> {
    /// - Parameters:
    ///   - multiplier: filters, and so outputs, for each channel.
    ///   - kernel: positions of the kernel along each spatial axis, at least 1.
    ///   - stride: from one window to the next.
    ///   - padding: positions beyond both ends of each spatial axis, or `.same`, which gives ⌈input / stride⌉.
    ///   - dilation: from one position of the kernel to its next.
    ///   - paddingMode: what lies beyond the edges; zeros by default.
    public init(
        _ channels: Int, multiplier: Int = 1, kernel: Extents, stride: Extents = 1,
        padding: ConvolutionPadding = 0, dilation: Extents = 1, bias: Bool = true,
        activation: FusedActivation = .none, paddingMode: PadMode = .constant(0),
        using generator: RandomGenerator = .default
    ) {
        super.init(
            "DepthwiseConv\(axes)d", channels, channels.multipliedClamped(by: multiplier), kernel: kernel,
            bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, groups: channels,
                paddingMode: paddingMode, activation: activation),
            using: generator)
    }
}

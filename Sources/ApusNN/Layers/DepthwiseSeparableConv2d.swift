import Apus

/// A depthwise convolution of planes, then a pointwise one (Howard et al. 2017): [batch, inputs, height, width] to
/// [batch, outputs, height, width]. See `Tensor.depthwiseSeparableConv2d`.
///
/// State: `depthwise.weight`, `pointwise.weight`, `pointwise.bias`. A bias between the two would only shift the last
/// one.
public final class DepthwiseSeparableConv2d: Module, Layer {
    /// The filters of each input channel, without bias.
    public let depthwise: DepthwiseConv2d
    /// The 1×1 convolution that mixes the channels.
    public let pointwise: Conv2d

    /// - Parameters:
    ///   - stride: of the depthwise convolution.
    ///   - padding: of the depthwise convolution.
    ///   - dilation: of the depthwise convolution.
    ///   - multiplier: channels between the two convolutions for each input channel.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, multiplier: Int = 1, bias: Bool = true,
        activation: FusedActivation = .none,
        using generator: RandomGenerator = .default
    ) {
        depthwise = DepthwiseConv2d(
            inputs, multiplier: multiplier, kernel: kernel, stride: stride, padding: padding,
            dilation: dilation, bias: false, using: generator)
        pointwise = Conv2d(
            inputs.multipliedClamped(by: multiplier), outputs, kernel: 1, bias: bias, activation: activation,
            using: generator)
    }

    /// [batch, inputs, height, width], or without batch; heights and widths change as by the depthwise convolution.
    public func forward(_ x: Tensor) -> Tensor { pointwise(depthwise(x)) }
}

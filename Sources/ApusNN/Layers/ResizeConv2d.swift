import Apus

/// Planes enlarged, then a convolution (Odena et al. 2016): [batch, inputs, height, width] to [batch, outputs,
/// scale · height, scale · width]. See `Tensor.resizeConv2d`.
///
/// State: `conv.weight`, `conv.bias`.
public final class ResizeConv2d: Module, Layer {
    /// What height and width are multiplied with before the convolution.
    public let scale: Double
    /// How they are enlarged: nearest, or bilinear.
    public let mode: Interpolation
    /// What is applied to the enlarged planes, with stride 1.
    public let conv: Conv2d

    /// - Parameters:
    ///   - mode: nearest, or bilinear.
    ///   - padding: of the convolution; by default its result has the enlarged size.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, scale: Double = 2, mode: Interpolation = .nearest,
        padding: ConvolutionPadding = .same, bias: Bool = true, using generator: RandomGenerator = .default
    ) {
        self.scale = scale
        self.mode = mode
        conv = Conv2d(inputs, outputs, kernel: kernel, padding: padding, bias: bias, using: generator)
    }

    init(scale: Double, mode: Interpolation, conv: Conv2d) {
        self.scale = scale
        self.mode = mode
        self.conv = conv
    }

    /// [batch, inputs, height, width], or without batch; with padding `.same` to [batch, outputs, ⌊scale · height⌋,
    /// ⌊scale · width⌋].
    public func forward(_ x: Tensor) -> Tensor {
        x.resizeConv2d(
            conv.weight.value, bias: conv.bias?.value, scale: scale, mode: mode, padding: conv.padding)
    }
}

import Apus

/// A k×1 convolution of planes, then a 1×k one: [batch, inputs, height, width] to [batch, outputs, height, width],
/// with as many channels between as outputs. See `Tensor.spatiallySeparableConv2d`.
///
/// State: `vertical.weight` [outputs, inputs, k, 1], `horizontal.weight` [outputs, outputs, 1, k], `horizontal.bias`.
public final class SpatiallySeparableConv2d: Module, Layer {
    /// k×1, from the inputs to as many channels as outputs, without bias.
    public let vertical: Conv2d
    /// 1×k, from these channels to the outputs.
    public let horizontal: Conv2d

    /// - Parameters:
    ///   - stride: along the height of the first, along the width of the second convolution.
    ///   - padding: along the height of the first, along the width of the second convolution.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: ConvolutionPadding = 0,
        bias: Bool = true, using generator: RandomGenerator = .default
    ) {
        let name = "SpatiallySeparableConv2d"
        let (size, step) = (
            kernel.resolved(2, minimum: 1, name, "kernel"), stride.resolved(2, minimum: 1, name, "stride")
        )
        vertical = Conv2d(
            inputs, outputs, kernel: [size[0], 1], stride: [step[0], 1],
            padding: padding.only(0, of: 2, name),
            bias: false, using: generator)
        horizontal = Conv2d(
            outputs, outputs, kernel: [1, size[1]], stride: [1, step[1]],
            padding: padding.only(1, of: 2, name),
            bias: bias, using: generator)
    }

    /// [batch, inputs, height, width] to [batch, outputs, height, width], or without batch.
    public func forward(_ x: Tensor) -> Tensor { horizontal(vertical(x)) }
}

import Apus

/// Three filters of one axis for every output channel, across the channels, down and along (Jin et al. 2014):
/// [batch, inputs, height, width] to [batch, outputs, height, width]. See `Tensor.flattenedConv2d`.
///
/// State: `lateral.weight` [outputs, inputs, 1, 1], `vertical.weight` [outputs, 1, k, 1], `horizontal.weight`
/// [outputs, 1, 1, k], `horizontal.bias`.
public final class FlattenedConv2d: Module, Layer {
    /// 1×1 across the channels, without bias.
    public let lateral: Conv2d
    /// k×1 down each channel, without bias.
    public let vertical: DepthwiseConv2d
    /// 1×k along each channel.
    public let horizontal: DepthwiseConv2d

    /// - Parameters:
    ///   - stride: along the height of the vertical, along the width of the horizontal filters.
    ///   - padding: along the height of the vertical, along the width of the horizontal filters.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: ConvolutionPadding = 0,
        bias: Bool = true, using generator: RandomGenerator = .default
    ) {
        let name = "FlattenedConv2d"
        let (size, step) = (
            kernel.resolved(2, minimum: 1, name, "kernel"), stride.resolved(2, minimum: 1, name, "stride")
        )
        lateral = Conv2d(inputs, outputs, kernel: 1, bias: false, using: generator)
        vertical = DepthwiseConv2d(
            outputs, kernel: [size[0], 1], stride: [step[0], 1], padding: padding.only(0, of: 2, name),
            bias: false, using: generator)
        horizontal = DepthwiseConv2d(
            outputs, kernel: [1, size[1]], stride: [1, step[1]], padding: padding.only(1, of: 2, name),
            bias: bias, using: generator)
    }

    /// [batch, inputs, height, width] to [batch, outputs, height, width], or without batch.
    public func forward(_ x: Tensor) -> Tensor { horizontal(vertical(lateral(x))) }
}

import Apus

/// A grouped convolution of planes, a channel shuffle and another grouped convolution: [batch, inputs, height, width]
/// to [batch, outputs, height, width], with as many channels between as outputs. See `Tensor.shuffledGroupedConv2d`.
///
/// State: `first.weight` [outputs, inputs / groups, kernel…], `second.weight` [outputs, outputs / groups, kernel…],
/// `second.bias`.
public final class ShuffledGroupedConv2d: Module, Layer {
    /// Before the shuffle: from the inputs to as many channels as outputs, without bias.
    public let first: Conv2d
    /// After the shuffle.
    public let second: Conv2d

    /// - Parameters:
    ///   - kernel: of both convolutions.
    ///   - groups: of both convolutions.
    ///   - padding: of both convolutions.
    ///   - stride: of the first.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, groups: Int, stride: Extents = 1,
        padding: ConvolutionPadding = 0, bias: Bool = true, using generator: RandomGenerator = .default
    ) {
        first = Conv2d(
            inputs, outputs, kernel: kernel, stride: stride, padding: padding, groups: groups, bias: false,
            using: generator)
        second = Conv2d(
            outputs, outputs, kernel: kernel, padding: padding, groups: groups, bias: bias, using: generator)
    }

    init(first: Conv2d, second: Conv2d) {
        self.first = first
        self.second = second
    }

    /// [batch, inputs, height, width] to [batch, outputs, height, width], or without batch.
    public func forward(_ x: Tensor) -> Tensor {
        x.shuffledGroupedConv2d(
            first.weight.value, second.weight.value, bias: second.bias?.value, groups: first.groups,
            stride: first.stride, padding: first.padding)
    }
}

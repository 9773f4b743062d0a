import Apus
import ApusNN

/// The block of EfficientNetV2's early stages (Tan & Le 2021): like `MBConv`, with one full convolution in place of the
/// 1×1 and the depthwise one, and without squeeze and excitation.
///
/// State: `block.0` and, where channels grow, `block.1`, each with `0.weight` and `1.…`.
public final class FusedMBConv: Module, Layer {
    /// What is computed of the input.
    public let block: Sequential
    /// Of what is added; nil where nothing is.
    public let stochasticDepth: StochasticDepth?

    /// - Parameters:
    ///   - expansion: how many times as many channels there are between the two convolutions; with 1 there is one.
    ///   - stochasticDepth: the probability that a sample's block is left out in training.
    ///   - epsilon: of the normalisations.
    ///   - momentum: of their running statistics.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int, expansion: Double,
        stochasticDepth: Double = 0,
        epsilon: Double = 1e-5, momentum: Double = 0.1, using generator: RandomGenerator = .default
    ) {
        func layer(_ inputs: Int, _ outputs: Int, _ kernel: Int, _ stride: Int, _ activation: FusedActivation)
            -> ConvNorm
        {
            ConvNorm(
                inputs, outputs, kernel: kernel, stride: stride, epsilon: epsilon, momentum: momentum,
                activation: activation, using: generator)
        }
        let expanded = roundedChannels(Double(inputs) * expansion)
        block =
            expanded == inputs
            ? Sequential(layer(inputs, outputs, kernel, stride, .silu))
            : Sequential(
                layer(inputs, expanded, kernel, stride, .silu), layer(expanded, outputs, 1, 1, .none))
        self.stochasticDepth = stride == 1 && inputs == outputs ? StochasticDepth(stochasticDepth) : nil
    }

    /// [batch, inputs, height, width] to [batch, outputs, ⌈height / stride⌉, ⌈width / stride⌉].
    public func forward(_ x: Tensor) -> Tensor {
        guard let stochasticDepth else { return block(x) }
        return stochasticDepth(block(x)) + x
    }
}

import Apus
import ApusNN

/// The inverted residual of EfficientNet (Sandler et al. 2018, Tan & Le 2019): channels grow by a 1×1 convolution, are
/// convolved each by itself, weighed by squeeze and excitation, and brought back by another 1×1.
///
/// Added to the input where shapes agree, and then dropped at times in training. State: `block.0` to `block.3`, one less
/// where channels do not grow, each with `0.weight` and `1.…`; `fc1.…` and `fc2.…` of the excitation.
public final class MBConv: Module, Layer {
    /// What is computed of the input.
    public let block: Sequential
    /// Of what is added; nil where nothing is.
    public let stochasticDepth: StochasticDepth?

    /// - Parameters:
    ///   - expansion: how many times as many channels there are between the two 1×1 convolutions.
    ///   - stochasticDepth: the probability that a sample's block is left out in training.
    ///   - epsilon: of the normalisations.
    ///   - momentum: of their running statistics.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int, expansion: Double,
        stochasticDepth: Double = 0,
        epsilon: Double = 1e-5, momentum: Double = 0.1, using generator: RandomGenerator = .default
    ) {
        let expanded = roundedChannels(Double(inputs) * expansion)
        var layers: [any Layer] = []
        if expanded != inputs {
            layers.append(
                ConvNorm(
                    inputs, expanded, kernel: 1, epsilon: epsilon, momentum: momentum, activation: .silu,
                    using: generator))
        }
        layers.append(
            ConvNorm(
                expanded, expanded, kernel: kernel, stride: stride, groups: expanded, epsilon: epsilon,
                momentum: momentum, activation: .silu, using: generator))
        layers.append(
            SqueezeExcitation(expanded, squeezed: max(1, inputs / 4), activation: .silu, using: generator))
        layers.append(
            ConvNorm(
                expanded, outputs, kernel: 1, epsilon: epsilon, momentum: momentum, activation: .none,
                using: generator))
        block = Sequential(layers)
        self.stochasticDepth = stride == 1 && inputs == outputs ? StochasticDepth(stochasticDepth) : nil
    }

    /// [batch, inputs, height, width] to [batch, outputs, ⌈height / stride⌉, ⌈width / stride⌉].
    public func forward(_ x: Tensor) -> Tensor {
        guard let stochasticDepth else { return block(x) }
        return stochasticDepth(block(x)) + x
    }
}

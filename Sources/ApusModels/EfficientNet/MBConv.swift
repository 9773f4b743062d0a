import Apus
import ApusNN

/// The inverted residual of EfficientNet (Sandler et al. 2018, Tan & Le 2019): channels grow by a 1×1 convolution, are
/// convolved each by itself, weighed by squeeze and excitation, and brought back by another 1×1.
///
/// The fused form of EfficientNetV2's early stages (Tan & Le 2021) has one full convolution in place of the first two,
/// and no excitation; where channels do not grow, nothing else. Added to the input where shapes agree, and then left
/// out at times in training. State: `block.0`, `block.1`, …, each with `0.weight` and `1.…`; `fc1.…` and `fc2.…` of
/// the excitation.
public final class MBConv: Module, Layer {
    /// The two forms.
    public enum Form: String, Codable, Sendable {
        /// 1×1, depthwise, squeeze and excitation, 1×1.
        case depthwise
        /// A full convolution, 1×1.
        case fused
    }

    /// What is computed of the input.
    public let block: Sequential
    /// Of what is added; nil where nothing is.
    public let stochasticDepth: StochasticDepth?

    /// - Parameters:
    ///   - expansion: how many times as many channels there are inside.
    ///   - stochasticDepth: the probability that a sample's block is left out in training.
    ///   - epsilon: of the normalisations.
    ///   - momentum: of their running statistics.
    public init(
        _ inputs: Int, _ outputs: Int, _ form: Form = .depthwise, kernel: Int, stride: Int, expansion: Double,
        stochasticDepth: Double = 0, epsilon: Double = 1e-5, momentum: Double = 0.1,
        using generator: RandomGenerator = .default
    ) {
        func convolution(
            _ inputs: Int, _ outputs: Int, _ kernel: Int = 1, _ stride: Int = 1, groups: Int = 1,
            activation: FusedActivation = .silu
        ) -> ConvNorm {
            ConvNorm(
                inputs, outputs, kernel: kernel, stride: stride, groups: groups, epsilon: epsilon,
                momentum: momentum, activation: activation, using: generator)
        }
        let expanded = roundedChannels(Double(inputs) * expansion)
        let grows = expanded != inputs
        var layers: [any Layer] = []
        switch form {
        case .depthwise:
            if grows { layers.append(convolution(inputs, expanded)) }
            layers += [
                convolution(expanded, expanded, kernel, stride, groups: expanded),
                SqueezeExcitation(
                    expanded, squeezed: max(1, inputs / 4), activation: .silu, using: generator),
                convolution(expanded, outputs, activation: .none),
            ]
        case .fused:
            layers.append(convolution(inputs, grows ? expanded : outputs, kernel, stride))
            if grows { layers.append(convolution(expanded, outputs, activation: .none)) }
        }
        block = Sequential(layers)
        self.stochasticDepth = stride == 1 && inputs == outputs ? StochasticDepth(stochasticDepth) : nil
    }

    /// [batch, inputs, height, width] to [batch, outputs, ⌈height / stride⌉, ⌈width / stride⌉].
    public func forward(_ x: Tensor) -> Tensor {
        guard let stochasticDepth else { return block(x) }
        return stochasticDepth(block(x)) + x
    }
}

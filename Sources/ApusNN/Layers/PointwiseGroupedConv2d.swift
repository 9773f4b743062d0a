import Apus

/// Pointwise grouped convolution of planes: the channels of each group mixed at each position. See
/// `Tensor.pointwiseGroupedConv2d`.
///
/// Weight [outputs, inputs / groups, 1, 1] and bias start uniform in ±1/√(inputs / groups).
public final class PointwiseGroupedConv2d: Conv<2> {
    /// The program stops where the groups do not divide the numbers of channels.
    public init(
        _ inputs: Int, _ outputs: Int, groups: Int, bias: Bool = true, activation: FusedActivation = .none,
        using generator: RandomGenerator = .default
    ) {
        super.init(
            "PointwiseGroupedConv2d", inputs, outputs, kernel: 1, bias: bias,
            ConvolutionOptions(groups: groups, activation: activation), using: generator)
    }
}

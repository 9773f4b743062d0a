import Apus

/// Convolution along one axis with the kernel flipped, as in signal processing; `Conv1d` is the
/// cross-correlation. See `Tensor.trueConv1d`.
///
/// Weight and bias are those of `Conv1d`.
public final class TrueConv1d: Conv {
    /// The program stops where the groups do not divide the numbers of channels. The parameters are those of
    /// `Conv1d`.
    public convenience init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        activation: FusedActivation = .none, paddingMode: PadMode = .constant(0),
        using generator: RandomGenerator = .default
    ) {
        self.init(
            "TrueConv1d", axes: 1, inputs, outputs, kernel: kernel, bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, groups: groups,
                paddingMode: paddingMode, activation: activation),
            using: generator)
    }

    override var kernel: Tensor { weight.value.flipped(from: 2) }
}

/// Convolution of planes with the kernel flipped along both axes; `Conv2d` is the cross-correlation. See
/// `Tensor.trueConv2d`.
///
/// Weight and bias are those of `Conv2d`.
public final class TrueConv2d: Conv {
    /// The program stops where the groups do not divide the numbers of channels. The parameters are those of
    /// `Conv1d`.
    public convenience init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        activation: FusedActivation = .none, paddingMode: PadMode = .constant(0),
        using generator: RandomGenerator = .default
    ) {
        self.init(
            "TrueConv2d", axes: 2, inputs, outputs, kernel: kernel, bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, groups: groups,
                paddingMode: paddingMode, activation: activation),
            using: generator)
    }

    override var kernel: Tensor { weight.value.flipped(from: 2) }
}

/// Convolution of volumes with the kernel flipped along all three axes; `Conv3d` is the cross-correlation. See
/// `Tensor.trueConv3d`.
///
/// Weight and bias are those of `Conv3d`.
public final class TrueConv3d: Conv {
    /// The program stops where the groups do not divide the numbers of channels. The parameters are those of
    /// `Conv1d`.
    public convenience init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        activation: FusedActivation = .none, paddingMode: PadMode = .constant(0),
        using generator: RandomGenerator = .default
    ) {
        self.init(
            "TrueConv3d", axes: 3, inputs, outputs, kernel: kernel, bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, groups: groups,
                paddingMode: paddingMode, activation: activation),
            using: generator)
    }

    override var kernel: Tensor { weight.value.flipped(from: 2) }
}

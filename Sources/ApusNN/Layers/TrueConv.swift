import Apus

/// Convolution along one axis with the kernel turned round, as in signal processing; `Conv1d` is the
/// cross-correlation. See `Tensor.trueConv1d`.
///
/// Weight and bias are those of `Conv1d`.
public final class TrueConv1d: Convolution {
    /// The program stops where the groups do not divide the numbers of channels. The parameters are those of
    /// `Conv1d`.
    public convenience init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        activation: FusedActivation = .none, paddingMode: PadMode = .constant(0),
        using generator: RandomGenerator = .default
    ) {
        self.init(
            1, "TrueConv1d", inputs, outputs, kernel, stride, padding, dilation, groups, bias, paddingMode,
            generator, activation: activation)
    }

    override var kernel: Tensor { weight.value.turned(from: 2) }
}

/// Convolution of planes with the kernel turned round along both axes; `Conv2d` is the cross-correlation. See
/// `Tensor.trueConv2d`.
///
/// Weight and bias are those of `Conv2d`.
public final class TrueConv2d: Convolution {
    /// The program stops where the groups do not divide the numbers of channels. The parameters are those of
    /// `Conv1d`.
    public convenience init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        activation: FusedActivation = .none, paddingMode: PadMode = .constant(0),
        using generator: RandomGenerator = .default
    ) {
        self.init(
            2, "TrueConv2d", inputs, outputs, kernel, stride, padding, dilation, groups, bias, paddingMode,
            generator, activation: activation)
    }

    override var kernel: Tensor { weight.value.turned(from: 2) }
}

/// Convolution of volumes with the kernel turned round along all three axes; `Conv3d` is the cross-correlation. See
/// `Tensor.trueConv3d`.
///
/// Weight and bias are those of `Conv3d`.
public final class TrueConv3d: Convolution {
    /// The program stops where the groups do not divide the numbers of channels. The parameters are those of
    /// `Conv1d`.
    public convenience init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        activation: FusedActivation = .none, paddingMode: PadMode = .constant(0),
        using generator: RandomGenerator = .default
    ) {
        self.init(
            3, "TrueConv3d", inputs, outputs, kernel, stride, padding, dilation, groups, bias, paddingMode,
            generator, activation: activation)
    }

    override var kernel: Tensor { weight.value.turned(from: 2) }
}

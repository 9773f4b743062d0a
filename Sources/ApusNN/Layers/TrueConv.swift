import Apus

/// Convolution along one axis with the kernel flipped.
public typealias TrueConv1d = TrueConv<1>
/// Convolution of planes with the kernel flipped along both axes.
public typealias TrueConv2d = TrueConv<2>
/// Convolution of volumes with the kernel flipped along all three axes.
public typealias TrueConv3d = TrueConv<3>

/// Convolution with the kernel flipped along every spatial axis, as in signal processing; `Conv` is the
/// cross-correlation. See `Tensor.trueConv2d`.
///
/// Weight and bias are those of `Conv`.
public final class TrueConv<let axes: Int>: Conv<axes> {
    /// The program stops where the groups do not divide the numbers of channels. The parameters are those of `Conv`.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        activation: FusedActivation = .none, paddingMode: PadMode = .constant(0),
        using generator: RandomGenerator = .default
    ) {
        super.init(
            "TrueConv\(axes)d", inputs, outputs, kernel: kernel, bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, groups: groups,
                paddingMode: paddingMode, activation: activation),
            using: generator)
    }

    override var kernel: Tensor { weight.value.flipped(from: 2) }
}

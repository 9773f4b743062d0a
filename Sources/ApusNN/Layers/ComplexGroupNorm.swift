import Apus

/// Group normalisation of complex [N, C, …] by whitening; γ starts at 1/√2 as in `ComplexBatchNorm`.
///
/// State: `weight` [C, 3] (rr, ii, ri) and `bias` [C, 2].
public final class ComplexGroupNorm: Module, Layer {
    /// Runs of channels, each normalised together.
    public let groups: Int
    /// The extent of axis 1 of every input, which the groups divide.
    public let channels: Int
    /// Added to the variances of both parts before they are whitened.
    public let epsilon: Double
    /// γrr, γii and γri of each channel: real [channels, 3]; nil where `affine` was false.
    public let weight: Parameter?
    /// The parts of each channel's bias: real [channels, 2]; nil where `affine` was false.
    public let bias: Parameter?

    /// The program stops where the groups do not divide the channels.
    ///
    /// - Parameters:
    ///   - epsilon: added to the variances of both parts.
    ///   - affine: scale and move each channel by a weight and a bias.
    ///   - dtype: complex64 or complex128; parameters are of its real type.
    public init(
        groups: Int, _ channels: Int, epsilon: Double = 1e-5, affine: Bool = true, dtype: DType = .complex64
    ) {
        if groups < 1 || channels % groups != 0 {
            fail("complexGroupNorm", "\(channels) channels do not make \(groups) groups")
        }
        checkComplex(dtype, "complexGroupNorm")
        Tensor.checkShape([channels], "complexGroupNorm")
        self.groups = groups
        self.channels = channels
        self.epsilon = epsilon
        weight = affine ? Parameter(.diagonalWeights([channels], dtype.realType)) : nil
        bias = affine ? Parameter(.zeros([channels, 2], dtype: dtype.realType)) : nil
    }

    /// Complex [N, channels, …], in the same shape; the program stops for another number of channels.
    public func forward(_ x: Tensor) -> Tensor {
        if x.rank < 2 || x.shape[1] != channels {
            fail("complexGroupNorm", "takes \(channels) channels along axis 1, not shape \(x.shape)")
        }
        return x.complexGroupNorm(
            groups: groups, weight: weight?.value, bias: bias?.value.viewAsComplex(), epsilon: epsilon)
    }
}

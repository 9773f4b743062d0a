import Apus

/// Layer normalisation of complex numbers by whitening over the last axes; γ starts at 1/√2 as in `ComplexBatchNorm`.
///
/// State: `weight`, the axes' shape and 3 (rr, ii, ri), and `bias`, the axes' shape and 2.
public final class ComplexLayerNorm: Module, Layer {
    /// The extents of the last axes, over which mean and covariance are taken.
    public let shape: Shape
    /// Added to the variances of both parts before they are whitened.
    public let epsilon: Double
    /// γrr, γii and γri of each element: real, `shape` and then 3; nil where `affine` was false.
    public let weight: Parameter?
    /// The parts of each element's bias: real, `shape` and then 2; nil where `affine` or `bias` was false.
    public let bias: Parameter?

    /// - Parameters:
    ///   - shape: the extents of the last axes.
    ///   - affine: scale and move each element by a weight and, where `bias` says so, a bias.
    ///   - dtype: complex64 or complex128; parameters are of its real type.
    public init(
        _ shape: Shape, epsilon: Double = 1e-5, affine: Bool = true, bias: Bool = true,
        dtype: DType = .complex64
    ) {
        checkComplex(dtype, "complexLayerNorm")
        Tensor.checkShape(shape, "complexLayerNorm")
        self.shape = shape
        self.epsilon = epsilon
        weight = affine ? Parameter(.diagonalWeights(shape, dtype.realType)) : nil
        self.bias = affine && bias ? Parameter(.zeros(shape + [2], dtype: dtype.realType)) : nil
    }

    /// Over the last axis, which has this extent.
    public convenience init(
        _ extent: Int, epsilon: Double = 1e-5, affine: Bool = true, bias: Bool = true,
        dtype: DType = .complex64
    ) {
        self.init([extent], epsilon: epsilon, affine: affine, bias: bias, dtype: dtype)
    }

    /// Complex [.., shape…], in the same shape; the program stops for other last axes.
    public func forward(_ x: Tensor) -> Tensor {
        if x.rank < shape.count || Array(x.shape.suffix(shape.count)) != shape {
            fail("complexLayerNorm", "the last axes of shape \(x.shape) are not \(shape)")
        }
        return x.complexLayerNorm(
            lastAxes: shape.count, weight: weight?.value, bias: bias?.value.viewAsComplex(), epsilon: epsilon)
    }
}

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

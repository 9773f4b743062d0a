import Apus

/// Layer normalisation of complex numbers by whitening over the last axes; γ starts at 1/√2 as in `ComplexBatchNorm`.
///
/// State: `weight`, the axes' shape and 3 (rr, ii, ri), and `bias`, the axes' shape and 2.
public final class ComplexLayerNorm: Module, Layer {
    public let shape: Shape
    public let epsilon: Double
    public let weight: Parameter?
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

    public convenience init(
        _ extent: Int, epsilon: Double = 1e-5, affine: Bool = true, bias: Bool = true,
        dtype: DType = .complex64
    ) {
        self.init([extent], epsilon: epsilon, affine: affine, bias: bias, dtype: dtype)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
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
    public let groups: Int
    public let channels: Int
    public let epsilon: Double
    public let weight: Parameter?
    public let bias: Parameter?

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

    public func callAsFunction(_ x: Tensor) -> Tensor {
        if x.rank < 2 || x.shape[1] != channels {
            fail("complexGroupNorm", "takes \(channels) channels along axis 1, not shape \(x.shape)")
        }
        return x.complexGroupNorm(
            groups: groups, weight: weight?.value, bias: bias?.value.viewAsComplex(), epsilon: epsilon)
    }
}

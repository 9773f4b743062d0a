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
        checkLastAxes(x, shape, "complexLayerNorm")
        return x.complexLayerNorm(
            lastAxes: shape.count, weight: weight?.value, bias: bias?.value.viewAsComplex(), epsilon: epsilon)
    }
}

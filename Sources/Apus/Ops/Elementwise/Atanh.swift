import ApusKernels

extension Tensor {
    /// The inverse of the hyperbolic tangent; NaN for real numbers outside [-1, 1].
    ///
    /// Of complex numbers the principal value, with cuts along the real axis outside [-1, 1].
    public func atanh() -> Tensor {
        elementwise(
            Kernels.atanh, floating: true,
            .input { gradient, x in gradient * overDifference(x).conjugate() })
    }
}

/// 1 / (1 - x²), from factors: x² may overflow, and near ±1 would cancel.
@Sendable
func overDifference(_ x: Tensor) -> Tensor {
    x.dtype.isComplex
        ? (1 - x).reciprocal() * (1 + x).reciprocal() : ((1 - x) * (1 + x)).reciprocal()
}

extension Operation {
    static let atanh = Operation(
        "atanh",
        [
            Sample("torch.atanh(x)", [Input([3, 4], -0.9, 0.9)]) { $0[0].atanh() }
        ])
}

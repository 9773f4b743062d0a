import ApusKernelCalls

struct Atanh: UnaryPrimitive {
    static let kernel = Kernels.atanh
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        backward.gradient * overDifference(backward.input(0)).conjugate()
    }
}

extension Tensor {
    /// The inverse of the hyperbolic tangent; NaN for real numbers outside [-1, 1].
    ///
    /// Of complex numbers the principal value, with cuts along the real axis outside [-1, 1].
    public func atanh() -> Tensor { elementwise(Atanh()) }
}

/// 1 / (1 - x²), from factors: x² may overflow, and near ±1 would cancel.
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

import ApusKernelCalls

struct Asin: UnaryPrimitive {
    static let kernel = Kernels.asin
    static let saved = Saved.input(0)
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor {
        backward.gradient * overRootOfDifference(backward.input(0)).conjugate()
    }
}

extension Tensor {
    /// The angle in [-π/2, π/2] with this sine; NaN for real numbers outside [-1, 1].
    ///
    /// Of complex numbers the principal value, with cuts along the real axis outside [-1, 1].
    public func asin() -> Tensor { elementwise(Asin()) }
}

/// 1 / √(1 - x²), from factors: x² may overflow, and near ±1 would cancel. Besides, the root of a complex product has
/// other branch cuts than the product of the factors' roots.
func overRootOfDifference(_ x: Tensor) -> Tensor {
    let (less, more) = (1 - x, 1 + x)
    return x.dtype.isComplex ? less.rsqrt() * more.rsqrt() : (less * more).rsqrt()
}

extension Operation {
    static let asin = Operation(
        "asin",
        [
            Sample("torch.asin(x)", [Input([3, 4], -0.9, 0.9)]) { $0[0].asin() }
        ])
}

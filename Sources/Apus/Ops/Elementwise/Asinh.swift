import ApusKernelCalls
import ComplexModule

struct Asinh: UnaryPrimitive {
    static let kernel = Kernels.asinh
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        let x = backward.input(0)
        // 1 / √(1 + x²), where x² may overflow.
        if !x.dtype.isComplex { return backward.gradient / x.hypot(1) }
        return backward.gradient * overRootOfDifference(x * Complex<Double>(0, 1)).conjugate()
    }
}

extension Tensor {
    /// The inverse of the hyperbolic sine.
    ///
    /// Of complex numbers the principal value, with cuts along the imaginary axis outside [-i, i].
    public func asinh() -> Tensor { elementwise(Asinh()) }
}

extension Operation {
    static let asinh = Operation(
        "asinh",
        [
            Sample("torch.asinh(x)", [Input([3, 4])]) { $0[0].asinh() }
        ])
}

import ApusKernels
import ComplexModule

extension Tensor {
    /// The inverse of the hyperbolic sine.
    ///
    /// Of complex numbers the principal value, with cuts along the imaginary axis outside [-i, i].
    public func asinh() -> Tensor {
        elementwise(
            Kernels.asinh, floating: true,
            .input { gradient, x in
                // 1 / √(1 + x²), where x² may overflow.
                if !x.dtype.isComplex { return gradient / x.hypot(1) }
                return gradient * overRootOfDifference(x * Complex<Double>(0, 1)).conjugate()
            })
    }
}

extension Operation {
    static let asinh = Operation(
        "asinh",
        [
            Sample("torch.asinh(x)", [Input([3, 4])]) { $0[0].asinh() }
        ])
}

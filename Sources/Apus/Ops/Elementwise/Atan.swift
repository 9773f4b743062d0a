import ApusKernels
import ComplexModule

extension Tensor {
    /// The angle in [-π/2, π/2] with this tangent.
    ///
    /// Of complex numbers the principal value, with cuts along the imaginary axis outside [-i, i].
    public func atan() -> Tensor {
        elementwise(
            Kernels.atan, floating: true,
            .input { gradient, x in
                if !x.dtype.isComplex { return gradient / (1 + x.square()) }
                return gradient * overDifference(x * Complex<Double>(0, 1)).conjugate()
            })
    }
}

extension Operation {
    static let atan = Operation(
        "atan",
        [
            Sample("torch.atan(x)", [Input([3, 4])]) { $0[0].atan() }
        ])
}

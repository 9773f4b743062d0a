import ApusKernelCalls
import ComplexModule

struct Atan: UnaryPrimitive {
    static let kernel = Kernels.atan
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        let x = backward.input(0)
        if !x.dtype.isComplex { return backward.gradient / (1 + x.square()) }
        return backward.gradient * overDifference(x * Complex<Double>(0, 1)).conjugate()
    }
}

extension Tensor {
    /// The angle in [-π/2, π/2] with this tangent.
    ///
    /// Of complex numbers the principal value, with cuts along the imaginary axis outside [-i, i].
    public func atan() -> Tensor { elementwise(Atan()) }
}

extension Operation {
    static let atan = Operation(
        "atan",
        [
            Sample("torch.atan(x)", [Input([3, 4])]) { $0[0].atan() }
        ])
}

import ApusKernelCalls

struct Angle: UnaryPrimitive {
    static let kernel = Kernels.angle
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        let (gradient, x) = (backward.gradient, backward.input(0))
        if !x.dtype.isComplex { return .zeros(like: x) }
        // i / z̄
        return .complex(
            real: -gradient * Tensor.elementwise(Atan2Slope(), x.real, x.imaginary),
            imaginary: gradient * Tensor.elementwise(Atan2Slope(), x.imaginary, x.real))
    }
}

extension Tensor {
    /// The angle of a complex number in [-π, π]; for a real one 0, or π where it is negative. Its gradient at 0 is 0.
    public func angle() -> Tensor { elementwise(Angle()) }
}

extension Operation {
    static let angle = Operation(
        "angle", dtypes: [.float32, .float64, .complex64, .complex128],
        [
            Sample("torch.angle(x)", [Input([3, 4], 0.1, 2)]) { $0[0].angle() }
        ])
}

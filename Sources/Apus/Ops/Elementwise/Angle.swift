import ApusKernels

extension Tensor {
    /// The angle of a complex number in [-π, π]; for a real one 0, or π where it is negative.
    public func angle() -> Tensor {
        elementwise(
            Kernels.angle, floating: true,
            .input { gradient, x in
                if !x.dtype.isComplex { return .zeros(like: x) }
                let slope = Tensor.complex(real: -x.imaginary, imaginary: x.real)
                let square = x.real.square() + x.imaginary.square()
                return (gradient * slope / square).maskedFill(square .== 0, 0)
            })
    }
}

extension Operation {
    static let angle = Operation(
        "angle", dtypes: [.float32, .float64, .complex64, .complex128],
        [
            Sample("torch.angle(x)", [Input([3, 4], 0.1, 2)]) { $0[0].angle() }
        ])
}

struct ImaginaryPart: SingleResult {
    let name = "imaginary"

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].part(1) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [.complex(real: .zeros(like: backward.gradient), imaginary: backward.gradient)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// The imaginary parts: a view, without copying; zeros for a real tensor.
    public var imaginary: Tensor {
        if !dtype.isComplex { return .zeros(like: self) }
        return Tensor.apply(ImaginaryPart(), to: [self], at: nil)
    }
}

extension Operation {
    static let imaginary = Operation(
        "imaginary", dtypes: [.complex64, .complex128],
        [
            Sample("x.imag", [Input([3, 4])]) { $0[0].imaginary }
        ])
}

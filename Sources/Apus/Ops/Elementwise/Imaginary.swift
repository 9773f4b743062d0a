import ApusKernels

extension Tensor {
    /// The imaginary parts: a view, without copying; zeros for a real tensor.
    public var imaginary: Tensor {
        if !dtype.isComplex { return .zeros(like: self) }
        return record("imaginary", part(1), [self], elementwise: true) { backward in
            [.complex(real: .zeros(like: backward.gradient), imaginary: backward.gradient)]
        }
    }
}

extension Operation {
    static let imaginary = Operation(
        "imaginary", dtypes: [.complex64, .complex128],
        [
            Sample("x.imag", [Input([3, 4])]) { $0[0].imaginary }
        ])
}

import ApusKernels

extension Tensor {
    /// The real parts: a view, without copying; a real tensor itself.
    public var real: Tensor {
        if !dtype.isComplex { return self }
        return record("real", part(0), [self], elementwise: true) { backward in
            [backward.gradient.to(backward.gradient.dtype.complexType)]
        }
    }

    /// A view of every other real in a complex tensor: 0 for the real, 1 for the imaginary parts.
    func part(_ index: Int) -> Tensor {
        let halves = Layout(
            shape: shape, strides: layout.strides.map { $0 * 2 }, offset: layout.offset * 2 + index)
        return Tensor(storage: storage, layout: halves, dtype: dtype.realType, node: nil)
    }
}

extension Operation {
    static let real = Operation(
        "real", dtypes: [.complex64, .complex128],
        [
            Sample("x.real", [Input([3, 4])]) { $0[0].real }
        ])
}

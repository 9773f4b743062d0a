struct RealPart: SingleResult {
    let name = "real"

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].part(0) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [backward.gradient.to(backward.gradient.dtype.complexType)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// The real parts: a view, without copying; a real tensor itself.
    public var real: Tensor {
        if !dtype.isComplex { return self }
        return Tensor.apply(RealPart(), to: [self], at: nil)
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

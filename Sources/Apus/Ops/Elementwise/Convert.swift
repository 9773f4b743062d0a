struct Convert: SingleResult {
    let target: DType
    var name: String { "convert" }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].converted(to: target) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (gradient, source) = (backward.gradient, backward.dtype(0))
        return [
            (source.isComplex ? gradient : gradient.dtype.isComplex ? gradient.real : gradient).to(source)
        ]
    }

    var isView: Bool { true }
    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// The elements converted to another type.
    ///
    /// As in NumPy: floats truncate towards zero on the way to integers, complex numbers lose their
    /// imaginary part on the way to reals, anything non-zero is true, and integers wrap on the way to shorter ones.
    /// NaN, infinities and other floats that an integer type does not hold give its lowest integer (0 for uint8).
    public func to(_ target: DType) -> Tensor {
        if target == dtype { return self }
        return Tensor.apply(Convert(target: target), to: [self], at: nil)
    }
}

extension Operation {
    static let convert = Operation(
        "convert", dtypes: DType.everything,
        [Sample("x.to(torch.complex128)", [Input([3, 4])]) { $0[0].to(.complex128) }])
}

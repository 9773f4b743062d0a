extension Tensor {
    /// The elements converted to another type.
    ///
    /// As in NumPy: floats truncate towards zero on the way to integers, complex numbers lose their
    /// imaginary part on the way to reals, anything non-zero is true, and integers wrap on the way to shorter ones.
    /// NaN, infinities and other floats that an integer type does not hold give its lowest integer (0 for uint8).
    public func to(_ target: DType) -> Tensor {
        if target == dtype { return self }
        return record("convert", converted(to: target), [self], elementwise: true) { [dtype] backward in
            let gradient = backward.gradient
            return [
                (dtype.isComplex ? gradient : gradient.dtype.isComplex ? gradient.real : gradient).to(dtype)
            ]
        }
    }
}

extension Operation {
    static let convert = Operation(
        "convert", dtypes: DType.everything,
        [Sample("x.to(torch.complex128)", [Input([3, 4])]) { $0[0].to(.complex128) }])
}

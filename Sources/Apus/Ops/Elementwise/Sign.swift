import ApusKernelCalls

struct Sign: UnaryPrimitive {
    static let kernel = Kernels.sign
    static let saved: Saved = [.input(0), .output]

    /// The component of the gradient that is tangential to the unit circle, divided by |z|; zero for real elements.
    func gradient(_ backward: Backward) -> Tensor {
        let (gradient, x, sign) = (backward.gradient, backward.input(0), backward.output)
        if !x.dtype.isComplex { return .zeros(like: x) }
        let radial = (sign.conjugate() * gradient).real * sign
        let length = x.abs()
        let isZero = length.detach() .== 0
        return ((gradient - radial) / length.maskedFill(isZero, 1)).maskedFill(isZero, 0)
    }
}

extension Tensor {
    /// -1, 0 or 1, as the element is negative, zero or positive; NaN stays.
    ///
    /// For a complex element the number of modulus 1 in its direction, z / |z|, and 0 for 0.
    public func sign() -> Tensor { elementwise(Sign()) }
}

extension Operation {
    static let sign = Operation(
        "sign", dtypes: DType.everything,
        [
            Sample("torch.sgn(x)", [Input([3, 4])]) { $0[0].sign() }
        ])
}

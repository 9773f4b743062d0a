import ApusKernels

extension Tensor {
    /// The nearest integer, ties to the even one; its gradient is zero.
    public func round() -> Tensor {
        elementwise(Kernels.round, .linear { .zeros(like: $0) })
    }

    /// The nearest number with so many decimals, ties to the even digit; negative ones round to tens, hundreds, ….
    ///
    /// Its gradient is zero. Integers stay as they are for 0 and more decimals.
    public func round(decimals: Int) -> Tensor {
        if decimals == 0 { return round() }
        if !dtype.isFloatingPoint {
            if decimals > 0 && dtype.isInteger { return self }
            fail(
                "round",
                "\(decimals) decimals of \(dtype) numbers: convert them, for example with .to(.float64)")
        }
        let power = Tensor(Double.pow(10, Swift.abs(Double(decimals))), dtype: .float64)
        let wide = to(.float64)
        return (decimals > 0 ? (wide * power).round() / power : (wide / power).round() * power).to(dtype)
    }
}

extension Operation {
    static let round = Operation(
        "round", dtypes: DType.real.filter { $0 != .bool },
        [
            Sample("torch.round(x)", [Input([3, 4])]) { $0[0].round() }
        ])
}

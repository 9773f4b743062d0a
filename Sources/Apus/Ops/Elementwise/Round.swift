import ApusKernelCalls

struct Round: UnaryStep {
    static let kernel = Kernels.round
}

extension Tensor {
    /// The nearest integer, ties to the even one; its gradient is zero.
    public func round() -> Tensor { elementwise(Round()) }

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
        let wide = to(.float64)
        let power = Double.pow(10, Double(Swift.min(decimals.magnitude, 308)))
        if decimals < 0 {
            // Every number is less than half of 10³⁰⁹, and rounds to 0.
            return ((wide / power).round() * (decimals < -308 ? 0 : power)).to(dtype)
        }
        // A number that overflows when its decimals are moved before the point has none: it stays as it is.
        let scaled = wide * power
        return Tensor.where(scaled.detach().isFinite(), scaled.round() / power, wide.detach()).to(dtype)
    }
}

extension Operation {
    static let round = Operation(
        "round", dtypes: DType.real.filter { $0 != .bool },
        [
            Sample("torch.round(x)", [Input([3, 4])]) { $0[0].round() }
        ])
}

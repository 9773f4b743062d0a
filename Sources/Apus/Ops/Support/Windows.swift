extension Tensor {
    /// A window of `n` numbers: `shape` of the angles 2πj/N.
    static func window(
        _ operation: String, _ n: Int, _ periodic: Bool, _ dtype: DType, _ site: CallSite,
        _ shape: (Double) -> Double
    ) -> Tensor {
        if n < 0 { fail(operation, "\(n) is no length", at: site) }
        if !dtype.isDifferentiable { fail(operation, "a window has no \(dtype) numbers", at: site) }
        if n == 1 { return .ones([1], dtype: dtype) }
        let period = Double(periodic ? n : n - 1)
        let numbers = (0..<n).map { shape(2 * Double.pi * Double($0) / period) }
        return Tensor(numbers, shape: [n], dtype: .float64).to(dtype)
    }
}

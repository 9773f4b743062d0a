extension Tensor {
    /// A window of `n` numbers: `shape` of the angles 2πj/N.
    static func window(
        _ operation: String, _ n: Int, _ periodic: Bool, _ dtype: DType, _ site: CallSite,
        _ shape: (Double) -> Double
    ) -> Tensor {
        if !dtype.isDifferentiable { fail(operation, "a window has no \(dtype) numbers", at: site) }
        let period = Double(periodic ? n : n.subtractingClamped(1))
        return numbers(operation, n, site) { n == 1 ? 1 : shape(2 * Double.pi * Double($0) / period) }.to(
            dtype)
    }

    /// `value` of each of 0, 1, …, n - 1, as float64.
    static func numbers(_ operation: String, _ n: Int, _ site: CallSite, _ value: (Int) -> Double) -> Tensor {
        checkShape([n], operation, site)
        // Memory first: where there is not enough, the allocator says so.
        var result = Tensor(uninitialized: [n], .float64)
        result.withUnsafeMutableBytes { bytes in
            let numbers = bytes.bindMemory(to: Double.self)
            for index in numbers.indices { numbers[index] = value(index) }
        }
        return result
    }
}

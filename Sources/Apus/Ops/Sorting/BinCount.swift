extension Tensor {
    /// How often each number from 0 occurs among these integers, as int64.
    ///
    /// - Parameter minLength: at least as many counts; else one more than the largest element.
    /// - Precondition: an axis of non-negative integers.
    public func binCount(minLength: Int = 0, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        if !dtype.isInteger || rank != 1 {
            fail("binCount", "takes an axis of integers, not \(dtype) of shape \(shape)", at: site)
        }
        let elements = array(of: Int.self)
        if let low = elements.min(), low < 0 { fail("binCount", "\(low) is negative", at: site) }
        let length = Swift.max(minLength, (elements.max() ?? -1).addingClamped(1), 0)
        Tensor.checkShape([length], "binCount", site)
        var result = Tensor.zeros([length], dtype: .int64)
        result.withUnsafeMutableBytes { bytes in
            let counts = bytes.bindMemory(to: Int.self)
            for element in elements { counts[element] += 1 }
        }
        return result
    }
}

extension Operation {
    static let binCount = Operation(
        "binCount", dtypes: [.int64], isDifferentiable: false,
        [
            Sample("torch.bincount(y, minlength=7)", [Input([1]), Input([20], 0, 6, dtype: .int64)]) {
                $0[1].binCount(minLength: 7)
            }
        ])
}

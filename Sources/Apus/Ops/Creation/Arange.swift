import ApusKernels

extension Tensor {
    /// 0, 1, … up to but not including `end`.
    public static func arange(
        _ end: Int, dtype: DType = .int64, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor { arange(0, end, dtype: dtype, file: file, line: line) }

    /// `start`, `start + step`, … up to but not including `end`.
    public static func arange(
        _ start: Int, _ end: Int, step: Int = 1, dtype: DType = .int64, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        if step == 0 { fail("arange", "steps of 0 never end", at: CallSite(file: file, line: line)) }
        let count = Swift.max(0, (end - start + step - step.signum()) / step)
        return sequence(.integers(start: start, step: step), count, dtype)
    }

    /// `start + i · step` for i = 0, 1, … up to but not including `end`, computed in float64.
    public static func arange(
        _ start: Double, _ end: Double, step: Double = 1, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let count = ((end - start) / step).rounded(.up)
        if step == 0 || !count.isFinite || count > 0x1p62 {
            fail(
                "arange", "from \(start) to \(end) by \(step) never ends",
                at: CallSite(file: file, line: line))
        }
        return sequence(.steps(start: start, step: step), Swift.max(0, Int(count)), dtype)
    }

    static func sequence(_ form: SequenceForm, _ count: Int, _ dtype: DType) -> Tensor {
        let result = Tensor(uninitialized: [count], dtype)
        writeSequence(form, result.base, dtype, count)
        return result
    }
}

extension Operation {
    static let arange = Operation(
        "arange", dtypes: [.float32, .float64, .int64], isDifferentiable: false,
        [
            Sample("torch.arange(2, 11, 3).to(x.dtype)", [Input([1])]) {
                .arange(2, 11, step: 3, dtype: $0[0].dtype)
            },
            Sample("torch.arange(5, -2, -2).to(x.dtype)", [Input([1])]) {
                .arange(5, -2, step: -2, dtype: $0[0].dtype)
            },
            Sample("torch.arange(0.5, 2.0, 0.25, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .arange(0.5, 2, step: 0.25, dtype: $0[0].dtype)
            },
        ])
}

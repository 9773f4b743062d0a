import ApusKernelCalls

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
        let site = CallSite(file: file, line: line)
        if step == 0 { fail("arange", "steps of 0 never end", at: site) }
        var count: UInt = 0
        if step > 0 ? start < end : end < start {
            // The distance fits 64 bits without a sign, whatever the ends.
            let distance = UInt(bitPattern: step > 0 ? end &- start : start &- end)
            count = (distance - 1) / step.magnitude + 1
        }
        return sequence("arange", .integers(start: start, step: step), Int(clamping: count), dtype, site)
    }

    /// `start + i · step` for i = 0, 1, … up to but not including `end`, computed in float64; `start` alone where
    /// `step` is infinite.
    public static func arange(
        _ start: Double, _ end: Double, step: Double = 1, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if step == 0 || !start.isFinite || !end.isFinite || step.isNaN {
            fail("arange", "from \(start) to \(end) by \(step) never ends", at: site)
        }
        let span = end - start
        let steps = span.isFinite ? span / step : end / step - start / step
        // A fraction of a step, however small, counts as one.
        let count = steps == 0 && steps.sign == .plus && start != end ? 1 : steps.rounded(.up)
        return sequence(
            "arange", .steps(start: start, step: step), count >= 0x1p62 ? .max : Swift.max(0, Int(count)),
            dtype, site)
    }

    static func sequence(
        _ operation: String, _ form: SequenceForm, _ count: Int, _ dtype: DType, _ site: CallSite
    ) -> Tensor {
        checkShape([count], operation, site)
        let result = Tensor(uninitialized: [count], dtype)
        kernels.writeSequence(form, result.base, dtype, count)
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

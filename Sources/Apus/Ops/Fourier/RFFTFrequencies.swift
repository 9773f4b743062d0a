extension Tensor {
    /// The frequencies of the n/2 + 1 coefficients of ``rfft(n:axis:norm:file:line:)``: 0, 1, …, n/2 over n
    /// times the spacing.
    ///
    /// - Parameter spacing: the time between two samples; frequencies are in cycles per its unit.
    public static func rfftFrequencies(
        _ n: Int, spacing: Double = 1, dtype: DType = .float32, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if n < 1 { fail("rfftFrequencies", "of \(n) points", at: site) }
        if !dtype.isDifferentiable {
            fail(
                "rfftFrequencies", "frequencies are no \(dtype) numbers", at: CallSite(file: file, line: line)
            )
        }
        let step = 1 / (Double(n) * spacing)
        return numbers("rfftFrequencies", n / 2 + 1, site) { Double($0) * step }.to(dtype)
    }
}

extension Operation {
    static let rfftFrequencies = Operation(
        "rfftFrequencies", dtypes: [.float32, .float64], isDifferentiable: false,
        [
            Sample("torch.fft.rfftfreq(8, 0.5, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .rfftFrequencies(8, spacing: 0.5, dtype: $0[0].dtype)
            },
            Sample("torch.fft.rfftfreq(5, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .rfftFrequencies(5, dtype: $0[0].dtype)
            },
        ])
}

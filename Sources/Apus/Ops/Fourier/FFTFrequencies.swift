extension Tensor {
    /// The frequencies of the n coefficients of ``fft(n:axis:norm:file:line:)``: 0, 1, …, then the negative
    /// ones, -n/2, …, -1, over n times the spacing.
    ///
    /// - Parameter spacing: the time between two samples; frequencies are in cycles per its unit.
    public static func fftFrequencies(
        _ n: Int, spacing: Double = 1, dtype: DType = .float32, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if n < 1 { fail("fftFrequencies", "of \(n) points", at: site) }
        if !dtype.isDifferentiable {
            fail(
                "fftFrequencies", "frequencies are no \(dtype) numbers", at: CallSite(file: file, line: line))
        }
        let step = 1 / (Double(n) * spacing)
        return numbers("fftFrequencies", n, site) { Double($0 < (n + 1) / 2 ? $0 : $0 - n) * step }.to(dtype)
    }
}

extension Operation {
    static let fftFrequencies = Operation(
        "fftFrequencies", dtypes: [.float32, .float64], isDifferentiable: false,
        [
            Sample("torch.fft.fftfreq(8, 0.5, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .fftFrequencies(8, spacing: 0.5, dtype: $0[0].dtype)
            },
            Sample("torch.fft.fftfreq(5, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .fftFrequencies(5, dtype: $0[0].dtype)
            },
        ])
}

extension Tensor {
    /// The inverse of ``rfft(n:axis:norm:file:line:)``: n real numbers from n/2 + 1 coefficients.
    ///
    /// The imaginary parts of the first coefficient, and at even n of the last, do not count.
    ///
    /// - Parameters:
    ///   - n: the real numbers wanted: 2·(m - 1) by default, m the axis' extent; an odd n must be given.
    ///   - norm: where the factor 1/n stands.
    public func irfft(
        n: Int? = nil, axis: Int = -1, norm: FourierNorm = .backward, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        fourier(
            "irfft", .realInverse, axes: [axis], sizes: [n], norm: norm, CallSite(file: file, line: line))
    }
}

extension Operation {
    static let irfft = Operation(
        "irfft",
        [
            Sample("torch.fft.irfft(x)", [Input([3, 5])]) { $0[0].irfft() },
            Sample("torch.fft.irfft(x, 9)", [Input([3, 5])]) { $0[0].irfft(n: 9) },
            Sample("torch.fft.irfft(x, 6, 0, 'ortho')", [Input([3, 2])]) {
                $0[0].irfft(n: 6, axis: 0, norm: .ortho)
            },
            Sample("torch.fft.irfft(x, 5, 1, 'forward')", [Input([2, 7, 2])]) {
                $0[0].irfft(n: 5, axis: 1, norm: .forward)
            },
            Sample("torch.fft.irfft(x, 1)", [Input([3, 2])]) { $0[0].irfft(n: 1) },
        ])
}

extension Tensor {
    /// The Fourier transform, which is real, of n numbers with Hermitian symmetry, x[n-j] = x*[j]: the axis
    /// holds the first n/2 + 1 of them.
    ///
    /// - Parameters:
    ///   - n: the real numbers wanted: 2·(m - 1) by default, m the axis' extent.
    ///   - norm: where the factor 1/n stands.
    public func hfft(
        n: Int? = nil, axis: Int = -1, norm: FourierNorm = .backward, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        conjugate().fourier(
            "hfft", .realInverse, axes: [axis], sizes: [n], norm: norm, isInverse: false,
            CallSite(file: file, line: line))
    }
}

extension Operation {
    static let hfft = Operation(
        "hfft",
        [
            Sample("torch.fft.hfft(x)", [Input([3, 5])]) { $0[0].hfft() },
            Sample("torch.fft.hfft(x, 7, 0, 'ortho')", [Input([4, 2])]) {
                $0[0].hfft(n: 7, axis: 0, norm: .ortho)
            },
        ])
}

extension Tensor {
    /// The inverse of ``fft(n:axis:norm:file:line:)``: x[j] = 1/n · Σₖ Y[k]·exp(2πi·jk/n).
    ///
    /// - Parameters:
    ///   - n: the points to transform: a longer axis is cut, a shorter one continued with zeros.
    ///   - norm: where the factor 1/n stands.
    public func ifft(
        n: Int? = nil, axis: Int = -1, norm: FourierNorm = .backward, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        fourier(
            "ifft", .inverse, axes: [axis], sizes: [n], norm: norm, CallSite(file: file, line: line))
    }
}

extension Operation {
    static let ifft = Operation(
        "ifft",
        [
            Sample("torch.fft.ifft(x)", [Input([3, 10])]) { $0[0].ifft() },
            Sample("torch.fft.ifft(x, 5, 0, 'ortho')", [Input([7, 2])]) {
                $0[0].ifft(n: 5, axis: 0, norm: .ortho)
            },
            Sample("torch.fft.ifft(x, 13, -1, 'forward')", [Input([2, 9])]) {
                $0[0].ifft(n: 13, norm: .forward)
            },
        ])
}

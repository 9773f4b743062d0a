extension Tensor {
    /// The discrete Fourier transform along an axis: Y[k] = Σⱼ x[j]·exp(-2πi·jk/n).
    ///
    /// Any length is transformed in O(n·log n). Real numbers become complex ones; 16-bit types and integers
    /// are transformed in float32. Source: Cooley and Tukey (1965), Bluestein (1970).
    ///
    /// - Parameters:
    ///   - n: the points to transform: a longer axis is cut, a shorter one continued with zeros.
    ///   - norm: where the factor 1/n stands.
    public func fft(
        n: Int? = nil, axis: Int = -1, norm: FourierNorm = .backward, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        fourier(
            "fft", .forward, axes: [axis], sizes: [n], norm: norm, CallSite(file: file, line: line))
    }
}

extension Operation {
    static let fft = Operation(
        "fft", dtypes: DType.everything,
        [
            Sample("torch.fft.fft(x)", [Input([3, 8])]) { $0[0].fft() },
            Sample("torch.fft.fft(x, 7, 0, 'ortho')", [Input([5, 2])]) {
                $0[0].fft(n: 7, axis: 0, norm: .ortho)
            },
            Sample("torch.fft.fft(x, 6, 1, 'forward')", [Input([2, 9, 2])]) {
                $0[0].fft(n: 6, axis: 1, norm: .forward)
            },
            Sample("torch.fft.fft(x)", [Input([2, 53])]) { $0[0].fft() },
        ])
}

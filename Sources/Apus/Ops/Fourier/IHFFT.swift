extension Tensor {
    /// The inverse of ``hfft(n:axis:norm:file:line:)``: of n real numbers the first n/2 + 1 results.
    ///
    /// - Parameters:
    ///   - n: the points to transform: a longer axis is cut, a shorter one continued with zeros.
    ///   - norm: where the factor 1/n stands.
    public func ihfft(
        n: Int? = nil, axis: Int = -1, norm: FourierNorm = .backward, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        fourier(
            "ihfft", .realForward, axes: [axis], sizes: [n], norm: norm, isInverse: true,
            CallSite(file: file, line: line)
        ).conjugate()
    }
}

extension Operation {
    static let ihfft = Operation(
        "ihfft", dtypes: DType.realFloating,
        [
            Sample("torch.fft.ihfft(x)", [Input([3, 6])]) { $0[0].ihfft() },
            Sample("torch.fft.ihfft(x, 7, 0, 'forward')", [Input([4, 2])]) {
                $0[0].ihfft(n: 7, axis: 0, norm: .forward)
            },
        ])
}

extension Tensor {
    /// The Fourier transform of real numbers: the n/2 + 1 coefficients that determine the others, which are
    /// their conjugates, Y[n-k] = Y*[k].
    ///
    /// The axis of n real elements becomes one of n/2 + 1 (rounded down) complex ones. Half as much work as
    /// ``fft(n:axis:norm:file:line:)``. Complex numbers are refused.
    ///
    /// - Parameters:
    ///   - n: the points to transform: a longer axis is cut, a shorter one continued with zeros.
    ///   - norm: where the factor 1/n stands.
    public func rfft(
        n: Int? = nil, axis: Int = -1, norm: FourierNorm = .backward, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        fourier(
            "rfft", .realForward, axes: [axis], sizes: [n], norm: norm, CallSite(file: file, line: line))
    }
}

extension Operation {
    static let rfft = Operation(
        "rfft", dtypes: DType.real,
        [
            Sample("torch.fft.rfft(x)", [Input([3, 8])]) { $0[0].rfft() },
            Sample("torch.fft.rfft(x, 9, 0, 'ortho')", [Input([7, 2])]) {
                $0[0].rfft(n: 9, axis: 0, norm: .ortho)
            },
            Sample("torch.fft.rfft(x, 4, 1, 'forward')", [Input([2, 7, 2])]) {
                $0[0].rfft(n: 4, axis: 1, norm: .forward)
            },
            Sample("torch.fft.rfft(x, 1)", [Input([3, 2])]) { $0[0].rfft(n: 1) },
        ])
}

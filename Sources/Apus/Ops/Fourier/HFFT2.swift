extension Tensor {
    /// The Fourier transform along two axes, the last two by default, of numbers with Hermitian symmetry, which is real: the last of the
    /// axes holds the first n/2 + 1 of n, as in ``hfft(n:axis:norm:file:line:)``.
    ///
    /// The last of `s` counts the real numbers wanted: 2·(m - 1) by default, m the axis' extent.
    ///
    /// - Parameters:
    ///   - s: points along each axis: longer axes are cut, shorter ones continued with zeros; -1 keeps an
    ///     axis as it is.
    ///   - axes: the last two.
    ///   - norm: where the factor 1/n stands, n the number of points along all axes.
    public func hfft2(
        s: [Int]? = nil, axes: [Int] = [-2, -1], norm: FourierNorm = .backward,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (axes, sizes) = fourierAxes("hfft2", axes, s, site)
        return conjugate().fourier(
            "hfft2", .realInverse, axes: axes, sizes: sizes, norm: norm, isInverse: false, site)
    }
}

extension Operation {
    static let hfft2 = Operation(
        "hfft2",
        [
            Sample("torch.fft.hfft2(x)", [Input([3, 2, 4])]) { $0[0].hfft2() },
            Sample("torch.fft.hfft2(x, (4, 3), (1, 0), 'forward')", [Input([2, 3, 2])]) {
                $0[0].hfft2(s: [4, 3], axes: [1, 0], norm: .forward)
            },
        ])
}

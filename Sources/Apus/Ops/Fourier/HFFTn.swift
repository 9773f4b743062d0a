extension Tensor {
    /// The Fourier transform along several axes of numbers with Hermitian symmetry, which is real: the last of the
    /// axes holds the first n/2 + 1 of n, as in ``hfft(n:axis:norm:file:line:)``.
    ///
    /// The last of `s` counts the real numbers wanted: 2·(m - 1) by default, m the axis' extent.
    ///
    /// - Parameters:
    ///   - s: points along each axis: longer axes are cut, shorter ones continued with zeros; -1 keeps an
    ///     axis as it is.
    ///   - axes: all, or as many of the last ones as there are sizes, by default.
    ///   - norm: where the factor 1/n stands, n the number of points along all axes.
    public func hfftn(
        s: [Int]? = nil, axes: [Int]? = nil, norm: FourierNorm = .backward,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (axes, sizes) = fourierAxes("hfftn", axes, s, site)
        return conjugate().fourier(
            "hfftn", .realInverse, axes: axes, sizes: sizes, norm: norm, isInverse: false, site)
    }
}

extension Operation {
    static let hfftn = Operation(
        "hfftn",
        [
            Sample("torch.fft.hfftn(x)", [Input([3, 2, 4])]) { $0[0].hfftn() },
            Sample("torch.fft.hfftn(x, (4, 3), (1, 0), 'forward')", [Input([2, 3, 2])]) {
                $0[0].hfftn(s: [4, 3], axes: [1, 0], norm: .forward)
            },
        ])
}

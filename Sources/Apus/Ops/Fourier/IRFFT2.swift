extension Tensor {
    /// The inverse of ``rfft2(s:axes:norm:file:line:)``.
    ///
    /// The last of `s` counts the real numbers wanted: 2·(m - 1) by default, m the axis' extent.
    ///
    /// - Parameters:
    ///   - s: points along each axis: longer axes are cut, shorter ones continued with zeros; -1 keeps an
    ///     axis as it is.
    ///   - axes: the last two.
    ///   - norm: where the factor 1/n stands, n the number of points along all axes.
    public func irfft2(
        s: [Int]? = nil, axes: [Int] = [-2, -1], norm: FourierNorm = .backward,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (axes, sizes) = fourierAxes("irfft2", axes, s, site)
        return fourier("irfft2", .realInverse, axes: axes, sizes: sizes, norm: norm, site)
    }
}

extension Operation {
    static let irfft2 = Operation(
        "irfft2",
        [
            Sample("torch.fft.irfft2(x)", [Input([2, 3, 4])]) { $0[0].irfft2() },
            Sample("torch.fft.irfft2(x, (4, 5))", [Input([2, 4, 3])]) { $0[0].irfft2(s: [4, 5]) },
            Sample("torch.fft.irfft2(x, (2, 6), (2, 0), 'ortho')", [Input([3, 2, 4])]) {
                $0[0].irfft2(s: [2, 6], axes: [2, 0], norm: .ortho)
            },
        ])
}

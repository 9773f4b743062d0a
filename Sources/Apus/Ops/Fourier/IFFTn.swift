extension Tensor {
    /// The inverse of ``fftn(s:axes:norm:file:line:)``.
    ///
    /// - Parameters:
    ///   - s: points along each axis: longer axes are cut, shorter ones continued with zeros; -1 keeps an
    ///     axis as it is.
    ///   - axes: all, or as many of the last ones as there are sizes, by default.
    ///   - norm: where the factor 1/n stands, n the number of points along all axes.
    public func ifftn(
        s: [Int]? = nil, axes: [Int]? = nil, norm: FourierNorm = .backward,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (axes, sizes) = fourierAxes("ifftn", axes, s, site)
        return fourier("ifftn", .inverse, axes: axes, sizes: sizes, norm: norm, site)
    }
}

extension Operation {
    static let ifftn = Operation(
        "ifftn",
        [
            Sample("torch.fft.ifftn(x)", [Input([2, 3, 4])]) { $0[0].ifftn() },
            Sample("torch.fft.ifftn(x, (4, 2), (0, 1), 'forward')", [Input([3, 4, 2])]) {
                $0[0].ifftn(s: [4, 2], axes: [0, 1], norm: .forward)
            },
        ])
}

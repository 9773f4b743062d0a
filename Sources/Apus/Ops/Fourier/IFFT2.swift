extension Tensor {
    /// The inverse of ``fft2(s:axes:norm:file:line:)``.
    ///
    /// - Parameters:
    ///   - s: points along each axis: longer axes are cut, shorter ones continued with zeros; -1 keeps an
    ///     axis as it is.
    ///   - axes: the last two.
    ///   - norm: where the factor 1/n stands, n the number of points along all axes.
    public func ifft2(
        s: [Int]? = nil, axes: [Int] = [-2, -1], norm: FourierNorm = .backward,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (axes, sizes) = fourierAxes("ifft2", axes, s, site)
        return fourier("ifft2", .inverse, axes: axes, sizes: sizes, norm: norm, site)
    }
}

extension Operation {
    static let ifft2 = Operation(
        "ifft2",
        [
            Sample("torch.fft.ifft2(x)", [Input([2, 4, 6])]) { $0[0].ifft2() },
            Sample("torch.fft.ifft2(x, (3, -1), (2, 0), 'forward')", [Input([4, 2, 5])]) {
                $0[0].ifft2(s: [3, -1], axes: [2, 0], norm: .forward)
            },
        ])
}

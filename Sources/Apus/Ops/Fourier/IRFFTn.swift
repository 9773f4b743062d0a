extension Tensor {
    /// The inverse of ``rfftn(s:axes:norm:file:line:)``.
    ///
    /// The last of `s` counts the real numbers wanted: 2·(m - 1) by default, m the axis' extent.
    ///
    /// - Parameters:
    ///   - s: points along each axis: longer axes are cut, shorter ones continued with zeros; -1 keeps an
    ///     axis as it is.
    ///   - axes: all, or as many of the last ones as there are sizes, by default.
    ///   - norm: where the factor 1/n stands, n the number of points along all axes.
    public func irfftn(
        s: [Int]? = nil, axes: [Int]? = nil, norm: FourierNorm = .backward,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (axes, sizes) = fourierAxes("irfftn", axes, s, site)
        return fourier("irfftn", .realInverse, axes: axes, sizes: sizes, norm: norm, site)
    }
}

extension Operation {
    static let irfftn = Operation(
        "irfftn",
        [
            Sample("torch.fft.irfftn(x)", [Input([3, 2, 4])]) { $0[0].irfftn() },
            Sample("torch.fft.irfftn(x, (4, 3), (1, 0), 'forward')", [Input([2, 3, 2])]) {
                $0[0].irfftn(s: [4, 3], axes: [1, 0], norm: .forward)
            },
        ])
}

extension Tensor {
    /// The Fourier transform along two axes, the last two by default.
    ///
    /// - Parameters:
    ///   - s: points along each axis: longer axes are cut, shorter ones continued with zeros; -1 keeps an
    ///     axis as it is.
    ///   - axes: the last two.
    ///   - norm: where the factor 1/n stands, n the number of points along all axes.
    public func fft2(
        s: [Int]? = nil, axes: [Int] = [-2, -1], norm: FourierNorm = .backward,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (axes, sizes) = fourierAxes("fft2", axes, s, site)
        return fourier("fft2", .forward, axes: axes, sizes: sizes, norm: norm, site)
    }
}

extension Operation {
    static let fft2 = Operation(
        "fft2",
        [
            Sample("torch.fft.fft2(x)", [Input([2, 4, 6])]) { $0[0].fft2() },
            Sample("torch.fft.fft2(x, (3, 5), (0, 2), 'ortho')", [Input([4, 2, 3])]) {
                $0[0].fft2(s: [3, 5], axes: [0, 2], norm: .ortho)
            },
        ])
}

extension Tensor {
    /// The Fourier transform along several axes: Y[k] = Σⱼ x[j]·exp(-2πi·Σₐ jₐkₐ/nₐ).
    ///
    /// - Parameters:
    ///   - s: points along each axis: longer axes are cut, shorter ones continued with zeros; -1 keeps an
    ///     axis as it is.
    ///   - axes: all, or as many of the last ones as there are sizes, by default.
    ///   - norm: where the factor 1/n stands, n the number of points along all axes.
    public func fftn(
        s: [Int]? = nil, axes: [Int]? = nil, norm: FourierNorm = .backward,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (axes, sizes) = fourierAxes("fftn", axes, s, site)
        return fourier("fftn", .forward, axes: axes, sizes: sizes, norm: norm, site)
    }
}

extension Operation {
    static let fftn = Operation(
        "fftn",
        [
            Sample("torch.fft.fftn(x)", [Input([2, 3, 4])]) { $0[0].fftn() },
            Sample("torch.fft.fftn(x, (3, 5), norm='ortho')", [Input([2, 4, 4])]) {
                $0[0].fftn(s: [3, 5], norm: .ortho)
            },
            Sample("torch.fft.fftn(x, dim=(2, 0))", [Input([2, 3, 4])]) { $0[0].fftn(axes: [2, 0]) },
        ])
}

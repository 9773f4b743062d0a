extension Tensor {
    /// The Fourier transform of real numbers along several axes.
    ///
    /// The last of the axes, of n elements, becomes one of n/2 + 1 coefficients.
    ///
    /// - Parameters:
    ///   - s: points along each axis: longer axes are cut, shorter ones continued with zeros; -1 keeps an
    ///     axis as it is.
    ///   - axes: all, or as many of the last ones as there are sizes, by default.
    ///   - norm: where the factor 1/n stands, n the number of points along all axes.
    public func rfftn(
        s: [Int]? = nil, axes: [Int]? = nil, norm: FourierNorm = .backward,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (axes, sizes) = fourierAxes("rfftn", axes, s, site)
        return fourier("rfftn", .realForward, axes: axes, sizes: sizes, norm: norm, site)
    }
}

extension Operation {
    static let rfftn = Operation(
        "rfftn", dtypes: DType.realFloating,
        [
            Sample("torch.fft.rfftn(x)", [Input([3, 2, 5])]) { $0[0].rfftn() },
            Sample("torch.fft.rfftn(x, (4, 3), (1, 0), 'ortho')", [Input([2, 3, 2])]) {
                $0[0].rfftn(s: [4, 3], axes: [1, 0], norm: .ortho)
            },
        ])
}

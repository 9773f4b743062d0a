extension Tensor {
    /// The Fourier transform of real numbers along two axes, the last two by default.
    ///
    /// The last of the axes, of n elements, becomes one of n/2 + 1 coefficients.
    ///
    /// - Parameters:
    ///   - s: points along each axis: longer axes are cut, shorter ones continued with zeros; -1 keeps an
    ///     axis as it is.
    ///   - axes: the last two.
    ///   - norm: where the factor 1/n stands, n the number of points along all axes.
    public func rfft2(
        s: [Int]? = nil, axes: [Int] = [-2, -1], norm: FourierNorm = .backward,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (axes, sizes) = fourierAxes("rfft2", axes, s, site)
        return fourier("rfft2", .realForward, axes: axes, sizes: sizes, norm: norm, site)
    }
}

extension Operation {
    static let rfft2 = Operation(
        "rfft2", dtypes: DType.realFloating,
        [
            Sample("torch.fft.rfft2(x)", [Input([2, 3, 6])]) { $0[0].rfft2() },
            Sample("torch.fft.rfft2(x)", [Input([3, 4, 5])]) { $0[0].rfft2() },
            Sample("torch.fft.rfft2(x, (5, 4), (2, 0), 'ortho')", [Input([3, 2, 4])]) {
                $0[0].rfft2(s: [5, 4], axes: [2, 0], norm: .ortho)
            },
        ])
}

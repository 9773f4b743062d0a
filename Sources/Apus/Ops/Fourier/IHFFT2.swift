extension Tensor {
    /// The inverse of ``hfft2(s:axes:norm:file:line:)``: of real numbers, of the last of the axes the first
    /// n/2 + 1 results.
    ///
    /// - Parameters:
    ///   - s: points along each axis: longer axes are cut, shorter ones continued with zeros; -1 keeps an
    ///     axis as it is.
    ///   - axes: the last two.
    ///   - norm: where the factor 1/n stands, n the number of points along all axes.
    public func ihfft2(
        s: [Int]? = nil, axes: [Int] = [-2, -1], norm: FourierNorm = .backward,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (axes, sizes) = fourierAxes("ihfft2", axes, s, site)
        return fourier(
            "ihfft2", .realForward, axes: axes, sizes: sizes, norm: norm, isInverse: true, site
        ).conjugate()
    }
}

extension Operation {
    static let ihfft2 = Operation(
        "ihfft2", dtypes: DType.realFloating,
        [
            Sample("torch.fft.ihfft2(x)", [Input([3, 2, 5])]) { $0[0].ihfft2() },
            Sample("torch.fft.ihfft2(x, (4, 3), (1, 0), 'ortho')", [Input([2, 3, 2])]) {
                $0[0].ihfft2(s: [4, 3], axes: [1, 0], norm: .ortho)
            },
        ])
}

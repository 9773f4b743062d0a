extension Tensor {
    /// The inverse of ``hfftn(s:axes:norm:file:line:)``: of real numbers, of the last of the axes the first
    /// n/2 + 1 results.
    ///
    /// - Parameters:
    ///   - s: points along each axis: longer axes are cut, shorter ones continued with zeros; -1 keeps an
    ///     axis as it is.
    ///   - axes: all, or as many of the last ones as there are sizes, by default.
    ///   - norm: where the factor 1/n stands, n the number of points along all axes.
    public func ihfftn(
        s: [Int]? = nil, axes: [Int]? = nil, norm: FourierNorm = .backward,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (axes, sizes) = fourierAxes("ihfftn", axes, s, site)
        return fourier(
            "ihfftn", .realForward, axes: axes, sizes: sizes, norm: norm, isInverse: true, site
        ).conjugate()
    }
}

extension Operation {
    static let ihfftn = Operation(
        "ihfftn", dtypes: DType.realFloating,
        [
            Sample("torch.fft.ihfftn(x)", [Input([3, 2, 5])]) { $0[0].ihfftn() },
            Sample("torch.fft.ihfftn(x, (4, 3), (1, 0), 'ortho')", [Input([2, 3, 2])]) {
                $0[0].ihfftn(s: [4, 3], axes: [1, 0], norm: .ortho)
            },
        ])
}

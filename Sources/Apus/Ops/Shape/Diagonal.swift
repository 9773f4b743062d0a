extension Tensor {
    /// A diagonal of the matrices that two axes span, as a new last axis: a view.
    ///
    /// - Parameter offset: 0 is the main diagonal, positive ones lie above it.
    public func diagonal(
        _ offset: Int = 0, axes: (Int, Int) = (-2, -1), file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (a, b) = (axis(axes.0, "diagonal", site), axis(axes.1, "diagonal", site))
        if a == b { fail("diagonal", "axis \(a) alone spans no matrix", at: site) }
        return selecting(Selection(.diagonal(of: shape, a, b, offset: offset)), "diagonal", site)
    }
}

extension Operation {
    static let diagonal = Operation(
        "diagonal", dtypes: DType.everything,
        [
            Sample("x.diagonal()", [Input([3, 4])]) { $0[0].diagonal() },
            Sample("x.diagonal(-1, 0, 2)", [Input([3, 2, 4])]) { $0[0].diagonal(-1, axes: (0, 2)) },
            Sample("x.diagonal(2, -2, -1)", [Input([2, 3, 4])]) { $0[0].diagonal(2) },
        ])
}

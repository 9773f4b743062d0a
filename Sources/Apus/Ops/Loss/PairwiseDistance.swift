extension Tensor {
    /// The distance between vectors along the last axis, ‖x - y + ε‖ₚ.
    ///
    /// - Parameters:
    ///   - other: it broadcasts with this tensor.
    ///   - p: that of the norm; see `norm(_:axis:keepDims:)`.
    ///   - epsilon: ε, added to each difference.
    ///   - keepDims: whether the last axis stays, with one position.
    public func pairwiseDistance(
        _ other: Tensor, p: Double = 2, epsilon: Double = 1e-6, keepDims: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("pairwiseDistance", CallSite(file: file, line: line))
        let (x, y) = vectors(other, name, site)
        if Swift.max(x.rank, y.rank) == 0 { fail(name, "vectors need an axis", at: site) }
        return (x - y + epsilon).norm(p, axis: -1, keepDims: keepDims)
    }
}

extension Operation {
    static let pairwiseDistance = Operation(
        "pairwiseDistance", dtypes: DType.realFloating,
        [
            Sample("F.pairwise_distance(x, y)", [Input([3, 4]), Input([3, 4])]) {
                $0[0].pairwiseDistance($0[1])
            },
            Sample("F.pairwise_distance(x, y, 1, 1e-3, True)", [Input([2, 3, 4]), Input([3, 4])]) {
                $0[0].pairwiseDistance($0[1], p: 1, epsilon: 1e-3, keepDims: true)
            },
            Sample("F.pairwise_distance(x, y, 3)", [Input([5]), Input([5])]) {
                $0[0].pairwiseDistance($0[1], p: 3)
            },
        ])
}

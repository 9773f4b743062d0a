extension Tensor {
    /// max(0, margin - y (a - b)) of two scores: how far they are from being in order.
    ///
    /// - Parameters:
    ///   - other: b, scores in this tensor's shape.
    ///   - target: y in the same shape: 1 where `self` is to be higher, -1 where `other` is.
    ///   - margin: by how much.
    ///   - reduction: over all elements.
    public func marginRankingLoss(
        _ other: Tensor, target: Tensor, margin: Double = 0, reduction: LossReduction = .mean,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("marginRankingLoss", CallSite(file: file, line: line))
        let (a, b, type) = lossOperands(other, name, site)
        checkShape(of: target, "target", name, site)
        return (margin - target.to(a.dtype) * (a - b)).relu().reduced(reduction, as: type)
    }
}

extension Operation {
    static let marginRankingLoss = Operation(
        "marginRankingLoss", dtypes: DType.realFloating,
        [
            Sample(
                "F.margin_ranking_loss(x, y, 2 * z - 1)",
                [Input([3, 4]), Input([3, 4]), Input([3, 4], 0, 2, dtype: .int64)]
            ) { $0[0].marginRankingLoss($0[1], target: 2 * $0[2] - 1) },
            Sample(
                "F.margin_ranking_loss(x, y, 2 * z - 1, 0.5, reduction='none')",
                [Input([6]), Input([6]), Input([6], 0, 2, dtype: .int64)]
            ) { $0[0].marginRankingLoss($0[1], target: 2 * $0[2] - 1, margin: 0.5, reduction: .none) },
        ])
}

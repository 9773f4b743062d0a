extension Tensor {
    /// The distance x of a pair that is to be alike, and max(0, margin - x) of another.
    ///
    /// - Parameters:
    ///   - target: 1 for pairs that are to be alike and -1 for others, in this tensor's shape.
    ///   - margin: how far apart others are to be.
    ///   - reduction: over all elements.
    public func hingeEmbeddingLoss(
        _ target: Tensor, margin: Double = 1, reduction: LossReduction = .mean,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("hingeEmbeddingLoss", CallSite(file: file, line: line))
        let (x, _, type) = lossOperands(target, name, site)
        let signs = target.detach()
        let apart = (margin - x).relu().maskedFill(signs .== 1, 0)
        return (apart + x.maskedFill(signs .== -1, 0)).reduced(reduction, as: type)
    }
}

extension Operation {
    static let hingeEmbeddingLoss = Operation(
        "hingeEmbeddingLoss", dtypes: DType.realFloating,
        [
            Sample(
                "F.hinge_embedding_loss(x, 2 * y - 1)",
                [Input([3, 4], 0, 2), Input([3, 4], 0, 2, dtype: .int64)]
            ) { $0[0].hingeEmbeddingLoss(2 * $0[1] - 1) },
            Sample(
                "F.hinge_embedding_loss(x, 2 * y - 1, 1.5, reduction='none')",
                [Input([6], 0, 2), Input([6], 0, 2, dtype: .int64)]
            ) { $0[0].hingeEmbeddingLoss(2 * $0[1] - 1, margin: 1.5, reduction: .none) },
        ])
}

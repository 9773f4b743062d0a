extension Tensor {
    /// 1 - cos(x, y) of vectors that are to be alike, and max(0, cos(x, y) - margin) of others.
    ///
    /// - Parameters:
    ///   - other: vectors in this tensor's shape, [N, D] or [D].
    ///   - target: 1 for vectors that are to be alike and -1 for others, [N] or [].
    ///   - margin: how alike others may be.
    ///   - reduction: over the pairs of vectors.
    public func cosineEmbeddingLoss(
        _ other: Tensor, target: Tensor, margin: Double = 0, reduction: LossReduction = .mean,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("cosineEmbeddingLoss", CallSite(file: file, line: line))
        let (x, y, type) = lossOperands(other, name, site)
        if rank == 0 { fail(name, "vectors need an axis", at: site) }
        // The root of what PyTorch adds to the squares of norms.
        let cosine = x.cosineSimilarity(y, axis: -1, epsilon: 1e-6)
        cosine.checkShape(of: target, "target", name, site)
        let signs = target.detach()
        let losses = Tensor.where(signs .> 0, 1 - cosine, (cosine - margin).relu())
        return losses.maskedFill((signs .!= 1).logicalAnd(signs .!= -1), 0)
            .reduced(reduction, as: type)
    }
}

extension Operation {
    static let cosineEmbeddingLoss = Operation(
        "cosineEmbeddingLoss", dtypes: DType.realFloating,
        [
            Sample(
                "F.cosine_embedding_loss(x, y, 2 * z - 1)",
                [Input([6, 4]), Input([6, 4]), Input([6], 0, 2, dtype: .int64)]
            ) { $0[0].cosineEmbeddingLoss($0[1], target: 2 * $0[2] - 1) },
            Sample(
                "F.cosine_embedding_loss(x, y, 2 * z - 1, 0.3, reduction='none')",
                [Input([6, 4]), Input([6, 4]), Input([6], 0, 2, dtype: .int64)]
            ) { $0[0].cosineEmbeddingLoss($0[1], target: 2 * $0[2] - 1, margin: 0.3, reduction: .none) },
            Sample(
                "F.cosine_embedding_loss(x, y, torch.tensor(-1), reduction='sum')", [Input([4]), Input([4])]
            ) {
                $0[0].cosineEmbeddingLoss(
                    $0[1], target: Tensor(-1, dtype: .int64).to($0[0].device), reduction: .sum)
            },
        ])
}

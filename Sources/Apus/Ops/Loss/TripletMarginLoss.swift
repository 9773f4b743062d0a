extension Tensor {
    /// max(0, d(a, p) - d(a, n) + margin): by how much an anchor a is not nearer to a positive example p than to a
    /// negative one n (Balntas et al. 2016).
    ///
    /// - Parameters:
    ///   - positive: vectors along the last axis, as those of this tensor.
    ///   - negative: likewise.
    ///   - margin: by how much it is to be nearer.
    ///   - p: that of the norm of `pairwiseDistance`.
    ///   - epsilon: as `pairwiseDistance` has it.
    ///   - swap: whether the distance from the positive example counts where the negative one is nearer to it than to the
    ///     anchor.
    ///   - reduction: over the triplets.
    public func tripletMarginLoss(
        _ positive: Tensor, _ negative: Tensor, margin: Double = 1, p: Double = 2, epsilon: Double = 1e-6,
        swap: Bool = false, reduction: LossReduction = .mean, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        tripletMarginLoss(
            positive, negative, margin: margin, swap: swap, reduction: reduction, file: file, line: line
        ) { $0.pairwiseDistance($1, p: p, epsilon: epsilon) }
    }

    /// The same with any distance between vectors, for example 1 - `cosineSimilarity`.
    public func tripletMarginLoss(
        _ positive: Tensor, _ negative: Tensor, margin: Double = 1, swap: Bool = false,
        reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line,
        distance: (Tensor, Tensor) -> Tensor
    ) -> Tensor {
        let (name, site) = ("tripletMarginLoss", CallSite(file: file, line: line))
        let given = realFloating(name, site)
        checkShape(of: positive, "positive example", name, site)
        checkShape(of: negative, "negative example", name, site)
        let type = TypeRule.statistic.type(Tensor.resultType([given, positive, negative]))
        if rank == 0 { fail(name, "vectors need an axis", at: site) }
        let wide = type.computeType
        let (anchor, positive, negative) = (given.to(wide), positive.to(wide), negative.to(wide))
        let near = distance(anchor, positive)
        var far = distance(anchor, negative)
        if swap { far = far.minimum(distance(positive, negative)) }
        return (near - far + margin).relu().reduced(reduction, as: type.typeOfLoss)
    }
}

extension Operation {
    static let tripletMarginLoss = Operation(
        "tripletMarginLoss", dtypes: DType.realFloating,
        [
            Sample(
                "F.triplet_margin_loss(x, y, z)", [Input([5, 4]), Input([5, 4]), Input([5, 4])]
            ) { $0[0].tripletMarginLoss($0[1], $0[2]) },
            Sample(
                "F.triplet_margin_loss(x, y, z, 2.5, 3, 1e-3, swap=True, reduction='none')",
                [Input([5, 4]), Input([5, 4]), Input([5, 4])]
            ) {
                $0[0].tripletMarginLoss(
                    $0[1], $0[2], margin: 2.5, p: 3, epsilon: 1e-3, swap: true, reduction: .none)
            },
            Sample(
                "F.triplet_margin_with_distance_loss(x, y, z, swap=True, distance_function="
                    + "lambda a, b: 1 - F.cosine_similarity(a, b))",
                [Input([5, 4]), Input([5, 4]), Input([5, 4])]
            ) {
                $0[0].tripletMarginLoss($0[1], $0[2], swap: true) { 1 - $0.cosineSimilarity($1) }
            },
        ])
}

extension Tensor {
    /// The hinge loss of examples with several classes: Σ max(0, 1 - (x[j] - x[i])) / C over all classes j of the
    /// example and all others i.
    ///
    /// - Parameters:
    ///   - target: int64 or int32 classes in the scores' shape, [N, C] or [C]: those of an example first, then -1; what
    ///     follows -1 is not looked at.
    ///   - reduction: over the examples.
    public func multiLabelMarginLoss(
        _ target: Tensor, reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("multiLabelMarginLoss", CallSite(file: file, line: line))
        let given = realFloating(name, site)
        let x = given.widened()
        if !(1...2).contains(rank) || !target.dtype.isInteger || target.shape != shape {
            fail(
                name,
                "\(target.dtype) targets of shape \(target.shape) for scores of shape \(shape): they are classes "
                    + "in the scores' shape, [N, C], the last ones -1", at: site)
        }
        let count = shape[rank - 1]
        let isEnd = (target.detach().to(.int64) .== -1).to(.int64)
        let isClass = isEnd.cumulativeSum(axis: -1) .== 0
        let named = target.to(.int64).maskedFill(.!isClass, -1)
        let classes = named.checkedClasses(count, ignored: -1, name, site)
        // How often each class is named: a mask of others.
        let others =
            Tensor.zeros(shape, dtype: .int64).to(x.device)
            .scatterAdd(axis: -1, index: classes, source: isClass.to(.int64)) .== 0
        let own = x.gather(axis: -1, index: classes)
        let terms = (1 - own.unsqueeze(-1) + x.unsqueeze(-2)).relu()
        let counted = isClass.unsqueeze(-1).logicalAnd(others.unsqueeze(-2))
        return (terms.maskedFill(.!counted, 0).sum(axes: [-2, -1]) / Double(count)).reduced(
            reduction, as: given.dtype.typeOfLoss)
    }
}

extension Operation {
    static let multiLabelMarginLoss = Operation(
        "multiLabelMarginLoss", dtypes: DType.realFloating,
        [
            Sample(
                "F.multilabel_margin_loss(x, y)", [Input([5, 4]), Input([5, 4], -1, 4, dtype: .int64)]
            ) { $0[0].multiLabelMarginLoss($0[1]) },
            Sample(
                "F.multilabel_margin_loss(x, y, reduction='none')",
                [Input([5, 4]), Input([5, 4], -1, 4, dtype: .int64)]
            ) { $0[0].multiLabelMarginLoss($0[1], reduction: .none) },
            Sample(
                "F.multilabel_margin_loss(x, y, reduction='sum')",
                [Input([4]), Input([4], 0, 4, dtype: .int64)]
            ) { $0[0].multiLabelMarginLoss($0[1], reduction: .sum) },
        ])
}

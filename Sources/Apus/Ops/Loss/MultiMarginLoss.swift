extension Tensor {
    /// The hinge loss of a classifier of many classes: Σᵢ max(0, margin - x[class] + x[i])ᵖ / C over all other classes i.
    ///
    /// - Parameters:
    ///   - target: int64, int32 or uint8 classes, [N] for scores [N, C], [] for [C].
    ///   - p: 1 or 2.
    ///   - margin: by how much the score of the class is to be the highest.
    ///   - classWeights: [C]; a factor for the losses of each class.
    ///   - reduction: over the examples; weights do not count for a mean.
    public func multiMarginLoss(
        _ target: Tensor, p: Int = 1, margin: Double = 1, classWeights: Tensor? = nil,
        reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("multiMarginLoss", CallSite(file: file, line: line))
        let given = realFloating(name, site)
        let x = given.widened()
        if p != 1 && p != 2 { fail(name, "a p of \(p): it is 1 or 2", at: site) }
        if !(1...2).contains(rank) || !target.dtype.isInteger || target.shape != Array(shape.dropLast()) {
            fail(
                name,
                "\(target.dtype) targets of shape \(target.shape) for scores of shape \(shape): they are classes "
                    + "of shape [N] for scores of shape [N, C]", at: site)
        }
        let count = shape[rank - 1]
        if let classWeights, classWeights.shape != [count] || classWeights.dtype.isComplex {
            fail(
                name,
                "\(classWeights.dtype) class weights of shape \(classWeights.shape) for \(count) classes",
                at: site)
        }
        let classes = target.checkedClasses(count, ignored: nil, name, site)
        let index = classes.unsqueeze(-1)
        var terms = (margin - x.gather(axis: -1, index: index) + x).relu()
        if p == 2 { terms = terms.square() }
        if let classWeights {
            let weights = classWeights.to(x.dtype).indexSelect(axis: 0, index: classes.reshape(-1))
            terms = terms * weights.reshape(index.shape)
        }
        let own = Tensor.arange(count).to(x.device) .== index
        return (terms.maskedFill(own, 0).sum(axis: -1) / Double(count)).reduced(
            reduction, as: given.dtype.typeOfLoss)
    }
}

extension Operation {
    static let multiMarginLoss = Operation(
        "multiMarginLoss", dtypes: DType.realFloating,
        [
            Sample("F.multi_margin_loss(x, y)", [Input([5, 4]), Input([5], 0, 4, dtype: .int64)]) {
                $0[0].multiMarginLoss($0[1])
            },
            Sample(
                "F.multi_margin_loss(x, y, 2, 0.7, torch.tensor([0.5, 2, 1, 0.3], dtype=x.dtype), reduction='none')",
                [Input([5, 4]), Input([5], 0, 4, dtype: .int64)]
            ) {
                $0[0].multiMarginLoss(
                    $0[1], p: 2, margin: 0.7,
                    classWeights: Tensor([0.5, 2, 1, 0.3], dtype: .float64).to($0[0].device),
                    reduction: .none)
            },
            Sample(
                "F.multi_margin_loss(x, y, reduction='none') * z[y]",
                [Input([5, 4]), Input([5], 0, 4, dtype: .int64), Input([4], 0.2, 2)]
            ) { $0[0].multiMarginLoss($0[1], classWeights: $0[2], reduction: .none) },
            Sample(
                "F.multi_margin_loss(x, y, reduction='sum')", [Input([4]), Input([], 0, 4, dtype: .int64)]
            ) { $0[0].multiMarginLoss($0[1], reduction: .sum) },
        ])
}

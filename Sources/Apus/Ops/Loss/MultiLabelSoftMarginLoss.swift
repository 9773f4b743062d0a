extension Tensor {
    /// The binary cross-entropy of each class's logit with whether the example has the class, averaged over the classes.
    ///
    /// - Parameters:
    ///   - target: 1 for the classes of an example and 0 for others, in the logits' shape, [..., C].
    ///   - classWeights: [C]; a factor for the losses of each class.
    ///   - reduction: over the examples.
    public func multiLabelSoftMarginLoss(
        _ target: Tensor, classWeights: Tensor? = nil, reduction: LossReduction = .mean,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("multiLabelSoftMarginLoss", CallSite(file: file, line: line))
        if rank == 0 { fail(name, "logits need an axis of classes", at: site) }
        let (x, y, type) = lossOperands(target, name, site)
        let losses = x.binaryCrossEntropyWithLogits(
            y, weight: classWeights, reduction: .none, file: file, line: line)
        return losses.mean(axis: -1).reduced(reduction, as: type)
    }
}

extension Operation {
    static let multiLabelSoftMarginLoss = Operation(
        "multiLabelSoftMarginLoss", dtypes: DType.realFloating,
        [
            Sample("F.multilabel_soft_margin_loss(x, y)", [Input([5, 4]), Input([5, 4], 0, 1)]) {
                $0[0].multiLabelSoftMarginLoss($0[1])
            },
            Sample(
                "-(z * (y * F.logsigmoid(x) + (1 - y) * F.logsigmoid(-x))).mean(1)",
                [Input([5, 4]), Input([5, 4], 0, 1), Input([4], 0.2, 2)]
            ) { $0[0].multiLabelSoftMarginLoss($0[1], classWeights: $0[2], reduction: .none) },
        ])
}

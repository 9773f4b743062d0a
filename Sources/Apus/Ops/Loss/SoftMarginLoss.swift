extension Tensor {
    /// log(1 + e^(-y x)), the logistic loss of a classifier of two classes.
    ///
    /// - Parameters:
    ///   - target: y in the scores' shape, 1 or -1.
    ///   - reduction: over all elements.
    public func softMarginLoss(
        _ target: Tensor, reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (x, y, type) = lossOperands(target, "softMarginLoss", CallSite(file: file, line: line))
        return (-(y * x).logSigmoid()).reduced(reduction, as: type)
    }
}

extension Operation {
    static let softMarginLoss = Operation(
        "softMarginLoss", dtypes: DType.realFloating,
        [
            Sample(
                "F.soft_margin_loss(x, 2 * y - 1)", [Input([3, 4]), Input([3, 4], 0, 2, dtype: .int64)]
            ) { $0[0].softMarginLoss(2 * $0[1] - 1) },
            Sample(
                "F.soft_margin_loss(x, 2 * y - 1, reduction='none')",
                [Input([6]), Input([6], 0, 2, dtype: .int64)]
            ) { $0[0].softMarginLoss(2 * $0[1] - 1, reduction: .none) },
        ])
}

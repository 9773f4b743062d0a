extension Tensor {
    /// 1 - the Dice coefficient of predicted masks, 2 Σ p y / (Σ p² + Σ y²), over all axes but the first (Milletari et al.,
    /// "V-Net", 2016, section 3).
    ///
    /// - Parameters:
    ///   - target: y in the predictions' shape [N, ...]: masks of 0 and 1, or of fractions. The predictions are
    ///     probabilities p.
    ///   - smoothing: added to numerator and denominator, so that a mask without elements is no division by 0.
    ///   - squared: whether the denominator sums squares; else it is Σ p + Σ y.
    ///   - reduction: over the examples.
    public func diceLoss(
        _ target: Tensor, smoothing: Double = 1, squared: Bool = true, reduction: LossReduction = .mean,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("diceLoss", CallSite(file: file, line: line))
        let (p, y, type) = lossOperands(target, name, site)
        if rank == 0 { fail(name, "masks need an axis of examples", at: site) }
        let axes = Array(1..<rank)
        let sizes = squared ? p.square() + y.square() : p + y
        let overlap = 2 * (p * y).sum(axes: axes) + smoothing
        return (1 - overlap / (sizes.sum(axes: axes) + smoothing)).reduced(reduction, as: type)
    }
}

extension Operation {
    static let diceLoss = Operation(
        "diceLoss", dtypes: DType.realFloating,
        [
            Sample(
                "(1 - (2 * (x * y).sum((1, 2)) + 1) / ((x * x + y * y).sum((1, 2)) + 1)).mean()",
                [Input([3, 4, 2], 0, 1), Input([3, 4, 2], 0, 1)]
            ) { $0[0].diceLoss($0[1]) },
            Sample(
                "1 - (2 * (x * y).sum(1) + 0.1) / ((x + y).sum(1) + 0.1)",
                [Input([3, 4], 0, 1), Input([3, 4], 0, 1)]
            ) { $0[0].diceLoss($0[1], smoothing: 0.1, squared: false, reduction: .none) },
        ])
}

import ApusKernelCalls

private struct BinaryCrossEntropyWithLogits: PairLoss {
    static let kernel = Kernels.binaryCrossEntropyWithLogits

    func slope(_ x: Tensor, _ y: Tensor) -> Tensor { x.sigmoid() - y }
    func targetSlope(_ x: Tensor, _ y: Tensor) -> Tensor { -x }
    func curvature(_ x: Tensor, _ y: Tensor) -> Tensor { x.sigmoid() * (-x).sigmoid() }
    func mixedCurvature(_ x: Tensor, _ y: Tensor) -> Tensor { .full([], -1, dtype: x.dtype) }
}

extension Tensor {
    /// The cross-entropy -(y log σ(x) + (1 - y) log σ(-x)) of the sigmoid of these logits, which TensorFlow calls sigmoid
    /// cross-entropy.
    ///
    /// It neither overflows nor loses small losses to rounding. A logit of ±∞ has the loss that it has in the limit: 0
    /// where it is right, ∞ where it is wrong.
    ///
    /// - Parameters:
    ///   - target: probabilities in the logits' shape.
    ///   - weight: a factor for each loss; it broadcasts to the losses' shape.
    ///   - positiveWeight: a factor for the term of y, for example against an imbalance; it broadcasts likewise.
    ///   - reduction: over all elements; weights do not count for a mean.
    public func binaryCrossEntropyWithLogits(
        _ target: Tensor, weight: Tensor? = nil, positiveWeight: Tensor? = nil,
        reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("binaryCrossEntropyWithLogits", CallSite(file: file, line: line))
        if weight == nil && positiveWeight == nil {
            return loss(BinaryCrossEntropyWithLogits(), target, reduction, site)
        }
        let (x, y, type) = lossOperands(target, name, site)
        var losses: Tensor
        if let positiveWeight {
            checkWeight(positiveWeight, "positive weight", name, site)
            let (positive, negative) = (-x.logSigmoid(), -(-x).logSigmoid())
            losses =
                positive.weighted(by: y * positiveWeight.to(y.dtype)) + negative.weighted(by: 1 - y)
        } else {
            losses = x.loss(BinaryCrossEntropyWithLogits(), y, .none, site)
        }
        if let weight {
            checkWeight(weight, "weight", name, site)
            losses = losses.weighted(by: weight.to(losses.dtype))
        }
        return losses.reduced(reduction, as: type)
    }
}

extension Operation {
    static let binaryCrossEntropyWithLogits = Operation(
        "binaryCrossEntropyWithLogits", dtypes: DType.realFloating,
        [
            Sample("F.binary_cross_entropy_with_logits(x, y)", [Input([3, 4], -4, 4), Input([3, 4], 0, 1)]) {
                $0[0].binaryCrossEntropyWithLogits($0[1])
            },
            Sample(
                "F.binary_cross_entropy_with_logits(x, y, reduction='none')",
                [Input([3, 4], -4, 4), Input([3, 4], 0, 1)]
            ) { $0[0].binaryCrossEntropyWithLogits($0[1], reduction: .none) },
            Sample(
                "F.binary_cross_entropy_with_logits(x, y, torch.tensor([0.5, 2, 1, 0.3], dtype=x.dtype), "
                    + "pos_weight=torch.tensor(0.7, dtype=x.dtype))",
                [Input([3, 4], -4, 4), Input([3, 4], 0, 1)]
            ) {
                $0[0].binaryCrossEntropyWithLogits(
                    $0[1], weight: Tensor([0.5, 2, 1, 0.3], dtype: .float64).to($0[0].device),
                    positiveWeight: Tensor(0.7, dtype: .float64).to($0[0].device))
            },
            Sample(
                "(F.binary_cross_entropy_with_logits(x, y, reduction='none') * z).sum()",
                [Input([3, 4], -4, 4), Input([3, 4], 0, 1), Input([4], 0.2, 2)]
            ) { $0[0].binaryCrossEntropyWithLogits($0[1], weight: $0[2], reduction: .sum) },
            Sample(
                "-(y * z * F.logsigmoid(x) + (1 - y) * F.logsigmoid(-x)).mean()",
                [Input([3, 4], -4, 4), Input([3, 4], 0, 1), Input([4], 0.2, 2)]
            ) { $0[0].binaryCrossEntropyWithLogits($0[1], positiveWeight: $0[2]) },
        ])
}

import ApusKernelCalls

private struct BinaryCrossEntropy: PairLoss {
    static let kernel = Kernels.binaryCrossEntropy

    private func variance(_ x: Tensor) -> Tensor { (x * (1 - x)).clamp(min: 1e-12) }

    func slope(_ x: Tensor, _ y: Tensor) -> Tensor { (x - y) / variance(x) }
    func targetSlope(_ x: Tensor, _ y: Tensor) -> Tensor {
        (-x).log1p().clamp(min: -100) - x.log().clamp(min: -100)
    }
    func curvature(_ x: Tensor, _ y: Tensor) -> Tensor {
        let error = x - y
        return (variance(x) - error * (1 - 2 * x)) / variance(x).square()
    }
    func mixedCurvature(_ x: Tensor, _ y: Tensor) -> Tensor { -1 / variance(x) }
}

extension Tensor {
    /// The cross-entropy -(y log x + (1 - y) log(1 - x)) of these probabilities.
    ///
    /// Both logarithms are at least -100, so that a loss is finite. Of logits, `binaryCrossEntropyWithLogits` is more
    /// precise.
    ///
    /// - Parameters:
    ///   - target: probabilities in the predictions' shape.
    ///   - weight: a factor for each loss; it broadcasts to the losses' shape.
    ///   - reduction: over all elements; weights do not count for a mean.
    public func binaryCrossEntropy(
        _ target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        guard let weight else { return loss(BinaryCrossEntropy(), target, reduction, site) }
        let (x, y, type) = lossOperands(target, "binaryCrossEntropy", site)
        checkWeight(weight, "weight", "binaryCrossEntropy", site)
        return x.loss(BinaryCrossEntropy(), y, .none, site).weighted(by: weight.to(x.dtype))
            .reduced(reduction, as: type)
    }
}

extension Operation {
    static let binaryCrossEntropy = Operation(
        "binaryCrossEntropy", dtypes: DType.realFloating,
        [
            Sample("F.binary_cross_entropy(x, y)", [Input([3, 4], 0.1, 0.9), Input([3, 4], 0.1, 0.9)]) {
                $0[0].binaryCrossEntropy($0[1])
            },
            Sample(
                "F.binary_cross_entropy(x, y, torch.tensor([0.5, 2, 1, 0.3], dtype=x.dtype))",
                [Input([3, 4], 0.1, 0.9), Input([3, 4], 0.1, 0.9)]
            ) {
                $0[0].binaryCrossEntropy(
                    $0[1], weight: Tensor([0.5, 2, 1, 0.3], dtype: .float64).to($0[0].device))
            },
            Sample(
                "F.binary_cross_entropy(x, y, reduction='none') * z",
                [Input([3, 4], 0.1, 0.9), Input([3, 4], 0.1, 0.9), Input([4], 0.2, 2)]
            ) { $0[0].binaryCrossEntropy($0[1], weight: $0[2], reduction: .none) },
            Sample(
                "F.binary_cross_entropy(x, y, reduction='sum')",
                [Input([6], 0.1, 0.9), Input([6], 0.1, 0.9)]
            ) { $0[0].binaryCrossEntropy($0[1], reduction: .sum) },
        ])
}

extension Tensor {
    /// The loss of negative sampling (Mikolov et al. 2013, "Distributed Representations of Words and Phrases", equation
    /// 4): -log σ(s) - Σ log σ(-s) over k words of noise.
    ///
    /// A score is the product of two embeddings: those of a word and of one next to it, [N, D], give
    /// `(words * neighbours).sum(axis: 1)`, and those of noise, [N, k, D], `noise.matmul(words.unsqueeze(2)).squeeze(axis: 2)`.
    ///
    /// - Parameters:
    ///   - noise: the scores of the noise, [N, k] for scores [N] of words that stand together.
    ///   - reduction: over the examples.
    public func negativeSamplingLoss(
        noise: Tensor, reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (own, noise, type) = scores(noise, "negativeSamplingLoss", CallSite(file: file, line: line))
        return own.toldFromNoise(noise).reduced(reduction, as: type)
    }
}

extension Operation {
    static let negativeSamplingLoss = Operation(
        "negativeSamplingLoss", dtypes: DType.realFloating,
        [
            Sample(
                "-(F.logsigmoid(x) + F.logsigmoid(-y).sum(1)).mean()",
                [Input([5], -4, 4), Input([5, 3], -4, 4)]
            ) { $0[0].negativeSamplingLoss(noise: $0[1]) },
            Sample(
                "-(F.logsigmoid(x) + F.logsigmoid(-y).sum(1))", [Input([5], -4, 4), Input([5, 3], -4, 4)]
            ) { $0[0].negativeSamplingLoss(noise: $0[1], reduction: .none) },
        ])
}

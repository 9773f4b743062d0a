extension Tensor {
    /// The Kullback–Leibler divergence Σ y (log y - x) of a distribution y from the one with these logarithms of
    /// probabilities.
    ///
    /// - Parameters:
    ///   - target: probabilities y in the predictions' shape; a 0 has no term.
    ///   - logTarget: whether the targets are log y instead.
    ///   - reduction: `batchMean` gives the divergence itself, averaged over the examples; `mean` divides by the classes
    ///     too.
    public func klDivLoss(
        _ target: Tensor, logTarget: Bool = false, reduction: DivergenceReduction = .mean,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("klDivLoss", CallSite(file: file, line: line))
        let (x, y, type) = lossOperands(target, name, site)
        let probabilities = logTarget ? y.exp() : y
        let isNone = probabilities.detach() .== 0
        // 0 log 0 is 0.
        let logarithms = logTarget ? y : y.maskedFill(isNone, 1).log()
        let terms = (logarithms - x).weighted(by: probabilities)
        switch reduction {
        case .none: return terms.to(type)
        case .mean: return terms.mean().to(type)
        case .sum: return terms.sum().to(type)
        case .batchMean:
            if rank == 0 { fail(name, "batchMean of a scalar: there is no axis of examples", at: site) }
            return (terms.sum() / Double(shape[0])).to(type)
        }
    }
}

extension Operation {
    static let klDivLoss = Operation(
        "klDivLoss", dtypes: DType.realFloating,
        [
            Sample("F.kl_div(x, y)", [Input([3, 4], -3, 0), Input([3, 4], 0.1, 1)]) {
                $0[0].klDivLoss($0[1])
            },
            Sample(
                "F.kl_div(x, y, reduction='batchmean', log_target=True)",
                [Input([3, 4], -3, 0), Input([3, 4], -3, 0)]
            ) { $0[0].klDivLoss($0[1], logTarget: true, reduction: .batchMean) },
            Sample(
                "F.kl_div(x, y, reduction='none')", [Input([3, 4], -3, 0), Input([3, 4], 0.1, 1)]
            ) { $0[0].klDivLoss($0[1], reduction: .none) },
            Sample("F.kl_div(x, y, reduction='sum')", [Input([3, 4], -3, 0), Input([3, 4], 0.1, 1)]) {
                $0[0].klDivLoss($0[1], reduction: .sum)
            },
        ])
}

extension Tensor {
    /// The negative log-likelihood of counts y of a Poisson distribution: λ - y log λ, but for log y!.
    ///
    /// - Parameters:
    ///   - target: y in the predictions' shape.
    ///   - logInput: whether the predictions are log λ; else they are λ.
    ///   - full: whether log y! is approximated, where y is above 1, by Stirling's y log y - y + log(2πy) / 2.
    ///   - epsilon: added to λ in the logarithm.
    ///   - reduction: over all elements.
    public func poissonNLLLoss(
        _ target: Tensor, logInput: Bool = true, full: Bool = false, epsilon: Double = 1e-8,
        reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (x, y, type) = lossOperands(
            target, "poissonNLLLoss", CallSite(file: file, line: line))
        // What has no counts has no term, though the rate be 0, and nothing comes up to an infinite rate.
        var losses: Tensor
        if logInput {
            losses = x.exp() - x.maskedFill(x.detach() .== Double.infinity, 0).weighted(by: y)
        } else {
            losses = x - (x + epsilon).log().weighted(by: y)
        }
        if full {
            let isSmall = y.detach() .<= 1
            let counts = y.maskedFill(isSmall, 1)
            let stirling = counts * counts.log() - counts + 0.5 * (2 * Double.pi * counts).log()
            losses = losses + stirling.maskedFill(isSmall, 0)
        }
        return losses.reduced(reduction, as: type)
    }
}

extension Operation {
    static let poissonNLLLoss = Operation(
        "poissonNLLLoss", dtypes: DType.realFloating,
        [
            Sample("F.poisson_nll_loss(x, y)", [Input([3, 4]), Input([3, 4], 0.1, 3)]) {
                $0[0].poissonNLLLoss($0[1])
            },
            Sample(
                "F.poisson_nll_loss(x, y, log_input=False, full=True, eps=1e-3, reduction='none')",
                [Input([3, 4], 0.1, 3), Input([3, 4], 0.1, 3)]
            ) {
                $0[0].poissonNLLLoss(
                    $0[1], logInput: false, full: true, epsilon: 1e-3, reduction: .none)
            },
        ])
}

import ApusKernelCalls

/// Without α.
private struct SigmoidFocal: PairLoss {
    static let kernel = Kernels.sigmoidFocal
    let gamma: Double
    var parameter: Double { gamma }

    /// Of the sigmoid s: what it is wrong by, q, the derivative of log q, and the cross-entropy.
    private func parts(_ x: Tensor, _ y: Tensor) -> (s: Tensor, q: Tensor, relative: Tensor, entropy: Tensor)
    {
        let (s, other) = (x.sigmoid(), (-x).sigmoid())
        let q = (1 - y) * s + y * other
        let entropy = -(y * x.logSigmoid() + (1 - y) * (-x).logSigmoid())
        return (s, q, (1 - 2 * y) * s * other / q, entropy)
    }

    func slope(_ x: Tensor, _ y: Tensor) -> Tensor {
        let (s, q, relative, entropy) = parts(x, y)
        return q ** gamma * (s - y + gamma * entropy * relative)
    }

    func targetSlope(_ x: Tensor, _ y: Tensor) -> Tensor {
        let (s, q, _, entropy) = parts(x, y)
        return q ** gamma * (gamma * entropy * (1 - 2 * s) / q - x)
    }

    func curvature(_ x: Tensor, _ y: Tensor) -> Tensor {
        let (s, q, relative, entropy) = parts(x, y)
        let ofEntropy = s * (1 - s) + 2 * gamma * (s - y) * relative
        let ofPower = gamma * entropy * relative * ((gamma - 1) * relative + (1 - 2 * s))
        return q ** gamma * (ofEntropy + ofPower)
    }

    func mixedCurvature(_ x: Tensor, _ y: Tensor) -> Tensor {
        let (s, q, relative, entropy) = parts(x, y)
        let ofLogarithm = (1 - 2 * s) / q
        let ofRelative = -(2 * s * (1 - s) / q + relative * ofLogarithm)
        return q ** gamma
            * (gamma * ofLogarithm * (s - y + gamma * entropy * relative)
                + gamma * (entropy * ofRelative - x * relative) - 1)
    }
}

extension Tensor {
    /// The binary cross-entropy of these logits times αₜ (1 - pₜ)^γ, which makes little of examples that are right already
    /// (Lin et al. 2017, equation 5); p is the sigmoid, pₜ = y p + (1 - y)(1 - p), and αₜ likewise.
    ///
    /// - Parameters:
    ///   - target: y in the logits' shape, from 0 to 1.
    ///   - alpha: the weight of the positive class, in 0...1; nil weighs both alike, by 1.
    ///   - gamma: γ, at least 0.
    ///   - reduction: over all elements.
    public func sigmoidFocalLoss(
        _ target: Tensor, alpha: Double? = 0.25, gamma: Double = 2, reduction: LossReduction = .mean,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("sigmoidFocalLoss", CallSite(file: file, line: line))
        if let alpha, !(0...1).contains(alpha) { fail(name, "alpha \(alpha) is not in 0...1", at: site) }
        if !(gamma >= 0) { fail(name, "a gamma of \(gamma): it is at least 0", at: site) }
        let focal = SigmoidFocal(gamma: gamma)
        guard let alpha else { return loss(focal, target, reduction, site) }
        let (x, y, type) = lossOperands(target, name, site)
        return x.loss(focal, y, .none, site).weighted(by: y * (2 * alpha - 1) + (1 - alpha))
            .reduced(reduction, as: type)
    }
}

extension Operation {
    // PyTorch's formula is torchvision's sigmoid_focal_loss.
    static let sigmoidFocalLoss = Operation(
        "sigmoidFocalLoss", dtypes: DType.realFloating,
        [
            Sample("focal(x, y, 0.25, 2).mean()", [Input([3, 4], -4, 4), Input([3, 4], 0.1, 0.9)]) {
                $0[0].sigmoidFocalLoss($0[1])
            },
            Sample(
                "focal(x, (y > 0.5).to(x.dtype), 0.6, 1.5)", [Input([3, 4], -4, 4), Input([3, 4], 0, 1)]
            ) {
                $0[0].sigmoidFocalLoss(
                    ($0[1] .> 0.5).to($0[0].dtype), alpha: 0.6, gamma: 1.5, reduction: .none)
            },
            Sample("focal(x, y, -1, 0).sum()", [Input([6], -4, 4), Input([6], 0.1, 0.9)]) {
                $0[0].sigmoidFocalLoss($0[1], alpha: nil, gamma: 0, reduction: .sum)
            },
        ])
}

/// Variances of at least ε. The gradient passes as if nothing were raised, so that a variance does not stay below.
private struct VarianceFloor: SingleResult {
    let epsilon: Double

    var name: String { "gaussianNLLLoss" }

    func value(of inputs: [Tensor]) throws -> Tensor {
        if (inputs[0] .< 0).any().item(as: Bool.self) { throw NegativeVariance() }
        return inputs[0].clamp(min: epsilon)
    }

    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient] }
    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

private struct NegativeVariance: Error, CustomStringConvertible {
    var description: String { "a variance is negative" }
}

extension Tensor {
    /// The negative log-likelihood of a normal distribution with this mean: (log σ² + (x - y)² / σ²) / 2, but for
    /// log(2π) / 2.
    ///
    /// - Parameters:
    ///   - target: y in the predictions' shape.
    ///   - variance: σ², which broadcasts to the predictions' shape; a negative one stops the program.
    ///   - full: whether log(2π) / 2 is added.
    ///   - epsilon: the smallest variance that counts. The gradient does not see that it does.
    ///   - reduction: over all elements.
    public func gaussianNLLLoss(
        _ target: Tensor, variance: Tensor, full: Bool = false, epsilon: Double = 1e-6,
        reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("gaussianNLLLoss", CallSite(file: file, line: line))
        let (x, y, type) = lossOperands(target, name, site)
        checkWeight(variance, "variance", name, site)
        let floor = Tensor.apply(VarianceFloor(epsilon: epsilon), to: [variance.to(x.dtype)], at: site)
        // The error is divided first: its square may be no number.
        let losses = 0.5 * (floor.log() + (x - y) * ((x - y) / floor))
        return (full ? losses + 0.9189385332046727 : losses).reduced(reduction, as: type)
    }
}

extension Operation {
    static let gaussianNLLLoss = Operation(
        "gaussianNLLLoss", dtypes: DType.realFloating,
        [
            Sample(
                "F.gaussian_nll_loss(x, y, z)", [Input([3, 4]), Input([3, 4]), Input([3, 4], 0.2, 2)]
            ) { $0[0].gaussianNLLLoss($0[1], variance: $0[2]) },
            Sample(
                "F.gaussian_nll_loss(x, y, z, full=True, eps=0.5, reduction='none')",
                [Input([3, 4]), Input([3, 4]), Input([3, 1], 0.6, 2)]
            ) {
                $0[0].gaussianNLLLoss(
                    $0[1], variance: $0[2], full: true, epsilon: 0.5, reduction: .none)
            },
        ])
}

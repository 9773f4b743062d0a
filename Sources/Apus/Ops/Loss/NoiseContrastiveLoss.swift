extension Tensor {
    /// The loss of noise-contrastive estimation (Gutmann & Hyvärinen 2010, equation 3): that of telling an example from
    /// k examples of noise by s - log(k q), with scores s that become logarithms of probabilities.
    ///
    /// -log σ(s - log(k q)) - Σ log σ(log(k q) - s) over the noise.
    ///
    /// - Parameters:
    ///   - noise: the scores of the noise, [N, k] for scores [N] of examples.
    ///   - logProbabilities: log q of the examples, where q is the distribution of the noise, [N].
    ///   - noiseLogProbabilities: log q of the noise, [N, k].
    ///   - reduction: over the examples.
    public func noiseContrastiveLoss(
        noise: Tensor, logProbabilities: Tensor, noiseLogProbabilities: Tensor,
        reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (name, site) = ("noiseContrastiveLoss", CallSite(file: file, line: line))
        let (own, noise, type) = scores(noise, name, site)
        own.checkShape(of: logProbabilities, "tensor of log probabilities", name, site)
        noise.checkShape(of: noiseLogProbabilities, "tensor of the noise's log probabilities", name, site)
        let samples = Tensor(Double(noise.shape[1]), dtype: own.dtype).to(own.device).log()
        return own.toldFromNoise(
            noise - (noiseLogProbabilities.to(own.dtype) + samples),
            subtracting: logProbabilities.to(own.dtype) + samples
        ).reduced(reduction, as: type)
    }

    /// Scores [N] of examples and [N, k] of noise, 16 bits as float32, and the type of their loss.
    func scores(
        _ noise: Tensor, _ name: String, _ site: CallSite
    ) -> (own: Tensor, noise: Tensor, type: DType) {
        let own = realFloating(name, site)
        noise.requireReal("tensor of scores", name, site)
        if rank != 1 || noise.rank != 2 || noise.shape[0] != shape[0] {
            fail(
                name,
                "scores of shape \(noise.shape) for noise beside \(shape) for examples: they are [N, k] and [N]",
                at: site)
        }
        let (a, b) = TypeRule.statistic.promoted(own, noise)
        return (a.widened(), b.widened(), a.dtype.typeOfLoss)
    }

    /// -log σ of these scores [N], less what is given, and of minus the noise's [N, k], added up.
    func toldFromNoise(_ noise: Tensor, subtracting baseline: Tensor? = nil) -> Tensor {
        let own = baseline.map { self - $0 } ?? self
        return -(own.logSigmoid() + (-noise).logSigmoid().sum(axis: 1))
    }
}

extension Operation {
    static let noiseContrastiveLoss = Operation(
        "noiseContrastiveLoss", dtypes: DType.realFloating,
        [
            Sample(
                "-(F.logsigmoid(x - z - math.log(3)) + F.logsigmoid(math.log(3) - 1.5 - y).sum(1)).mean()",
                [Input([5]), Input([5, 3]), Input([5], -3, 0)]
            ) {
                $0[0].noiseContrastiveLoss(
                    noise: $0[1], logProbabilities: $0[2],
                    noiseLogProbabilities: .full([5, 3], -1.5, dtype: $0[0].dtype).to($0[0].device))
            }
        ])
}

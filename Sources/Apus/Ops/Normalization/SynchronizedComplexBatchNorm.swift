/// Batch normalisation of complex numbers by whitening, with the moments of all ranks' rows.
///
/// The inputs are x and what there is of γ and bias; the results the values, the means, the covariances, [C, 3] in float64, and the
/// number of values of a channel.
struct SynchronizedComplexBatchNorm: SynchronizedNorm {
    /// What is done with the moments.
    let norm: ComplexNorm
    let ranks: RankSums
    var name: String { "synchronizedComplexBatchNorm" }
    var axes: [Int] { norm.axes }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = ComplexNormOperands(inputs, norm, takesMoments: false)
        let values = operands.x.channelsLast()
        let channels = norm.groups
        let mean = Tensor.zeros([channels], dtype: values.dtype)
        let covariance = Tensor.zeros([channels, 3], dtype: .float64)
        if values.count > 0 {
            kernels.complexMoments(
                values.start, values.dtype, norm.plan(values.shape), means: mean.base,
                covariances: covariance.base)
        }
        let count = channels == 0 ? 0 : values.count / channels
        let all = ranks.joined(count, mean.viewAsReal(), covariance, pairs: [(0, 0), (1, 1), (0, 1)])
        let means = all.means.viewAsComplex().to(values.dtype)
        let result = norm.normalized(values, means, all.products, operands)
        return [result, means, all.products, all.count]
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let operands = ComplexNormOperands(
            backward.needs.indices.map(backward.input), norm, takesMoments: false)
        // To be differentiated again the moments are computed again; else they are known.
        return norm.composed(
            backward.gradient, operands, backward.output(1), backward.output(2),
            averages(backward.output(3)), knowsMoments: GradientMode.current != .recording)
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// `complexBatchNormAndMoments` with the moments of all ranks' rows, and the number of values of a channel on all of them. A rank may
    /// have no rows.
    package func synchronizedComplexBatchNorm(
        weight: Tensor?, bias: Tensor?, epsilon: Double, activation: FusedActivation, over ranks: RankSums,
        file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, mean: Tensor, covariance: Tensor, count: Int) {
        let site = CallSite(file: file, line: line)
        ComplexNorm.check("complexBatchNorm", self, weight, bias, activation, insteadCall: "batchNorm", site)
        let norm = ComplexNorm(
            name: "complexBatchNorm", acrossSamples: true, groups: shape[1], epsilon: epsilon,
            activation: activation, hasWeight: weight != nil, hasBias: bias != nil)
        let results = Tensor.applyAll(
            SynchronizedComplexBatchNorm(norm: norm, ranks: ranks), to: [self].with(weight, bias), at: site)
        let count = results[3].item(as: Int.self)
        if count == 1, shape[1] > 0 {
            fail("complexBatchNorm", "a single value a channel on all ranks has no variance", at: site)
        }
        return (results[0], results[1].detach(), results[2].detach().to(dtype.realType), count)
    }
}

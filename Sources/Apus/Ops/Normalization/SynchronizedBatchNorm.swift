/// Batch normalisation with the moments of all ranks' rows.
///
/// The inputs are x and what there is of weight and bias; the results the values, the means, the variances and the number of values of
/// a channel, the last three in float64.
struct SynchronizedBatchNorm: SynchronizedNorm {
    /// What is done with the moments.
    let norm: ChannelNorm
    let ranks: RankSums
    var name: String { "synchronizedBatchNorm" }
    var axes: [Int] { norm.axes }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = ChannelNormOperands(inputs, norm, takesMoments: false)
        let values = operands.x.channelsLast()
        let channels = norm.groups
        let mean = Tensor.zeros([channels], dtype: values.dtype)
        let variance = Tensor.zeros([channels], dtype: values.dtype)
        if values.count > 0 {
            kernels.channelMoments(
                values.start, values.dtype, norm.plan(values.shape), means: mean.base,
                variances: variance.base)
        }
        let count = channels == 0 ? 0 : values.count / channels
        let all = ranks.joined(count, mean.unsqueeze(1), variance.unsqueeze(1), pairs: [(0, 0)])
        let (means, variances) = (all.means.squeeze(axis: 1), all.products.squeeze(axis: 1))
        let result = norm.normalized(values, means, norm.scales(variances, .float64), operands)
        return [result, means, variances, all.count]
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let operands = ChannelNormOperands(
            backward.needs.indices.map(backward.input), norm, takesMoments: false)
        let (mean, count) = (backward.output(1), backward.output(3))
        let scales = norm.scales(backward.output(2), .float64)
        if GradientMode.current == .recording {
            return norm.composed(backward.gradient, operands, mean, scales, averages(count))
        }
        // By the kernel for constant moments, whose sums for weight and bias are those that the moments' part needs.
        let (x, dtype) = (operands.x, operands.x.dtype.computeType)
        var constant = norm
        constant.takesMoments = true
        let gradient = ChannelNormGradient(
            norm: constant.with(weight: true, bias: true), needs: [backward.needs[0], true, true])
        let weight = (operands.weight ?? .ones([norm.groups])).to(dtype)
        let bias = (operands.bias ?? .zeros([norm.groups])).to(dtype)
        let wide = x.to(dtype)
        var found = Tensor.applyAll(
            gradient, to: [backward.gradient, wide, mean.to(dtype), scales.to(dtype), weight, bias], at: nil)
        let ofBias = found.removeLast()
        let ofWeight = found.removeLast()
        var results: [Tensor?] = [nil]
        if let plain = found.first {
            let averages = ranks.sum(Tensor.stack([ofBias * weight, ofWeight * weight])) / count
            let parts = averages.unbind(axis: 0)
            func broadcastable(_ x: Tensor) -> Tensor {
                x.to(dtype).reshape([norm.groups] + [Int](repeating: 1, count: wide.rank - 2))
            }
            let slope = broadcastable(scales.square() * parts[1])
            let deviations = wide - broadcastable(mean)
            results[0] = (plain - deviations * slope - broadcastable(scales * parts[0])).to(x.dtype)
        }
        if let weight = operands.weight { results.append(ofWeight.to(weight.dtype)) }
        if let bias = operands.bias { results.append(ofBias.to(bias.dtype)) }
        return results
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// `batchNormAndMoments` with the moments of all ranks' rows, and the number of values of a channel on all of them; moments are
    /// float64. A rank may have no rows.
    package func synchronizedBatchNorm(
        weight: Tensor?, bias: Tensor?, epsilon: Double, activation: FusedActivation, over ranks: RankSums,
        file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, mean: Tensor, variance: Tensor, count: Int) {
        let site = CallSite(file: file, line: line)
        let x = realFloating("batchNorm", insteadCall: "complexBatchNorm", site)
        ChannelNorm.check("batchNorm", x, [("weight", weight), ("bias", bias)], site)
        let norm = ChannelNorm(
            name: "batchNorm", acrossSamples: true, groups: x.shape[1], epsilon: epsilon,
            activation: activation, hasWeight: weight != nil, hasBias: bias != nil)
        let results = Tensor.applyAll(
            SynchronizedBatchNorm(norm: norm, ranks: ranks), to: [x].with(weight, bias), at: site)
        let count = results[3].item(as: Int.self)
        if count == 1, x.shape[1] > 0 {
            fail("batchNorm", "a single value a channel on all ranks has no variance", at: site)
        }
        return (results[0], results[1].detach(), results[2].detach(), count)
    }
}

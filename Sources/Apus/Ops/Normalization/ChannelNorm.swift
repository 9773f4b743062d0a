import ApusKernelCalls

/// Batch, group and instance normalisation: (x - mean) / √(variance + ε) · weight + bias, with the mean and
/// variance of groups of channels, over the spatial axes and one sample or all.
///
/// The inputs are x, the mean and the variance if they are given, and what there is of weight and bias. Moments that
/// are not given are results behind the values, one of each sample's groups after the other. No gradient flows to given
/// moments, nor from those computed here. Its gradients are in BatchNorm.swift.
struct ChannelNorm: Primitive {
    let name: String
    let acrossSamples: Bool
    /// The number of groups: runs of channels, all of one length, that have moments of their own.
    let groups: Int
    let epsilon: Double
    var activation = FusedActivation.none
    /// Whether mean and variance are given, as running statistics.
    var takesMoments = false
    let hasWeight: Bool
    let hasBias: Bool
    var types: TypeRule { .statistic }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = ChannelNormOperands(inputs, self, takesMoments: takesMoments)
        let x = operands.x
        let values = x.channelsLast()
        if let (mean, variance) = operands.moments {
            return [normalized(values, mean, scales(variance, values.dtype), operands)]
        }
        if x.count == 0 {
            let moments = Tensor.zeros([plan(x.shape).samples * groups], dtype: values.dtype)
            return [Tensor(uninitialized: Layout(channelsLast: x.shape), x.dtype), moments, moments]
        }
        var (result, mean, variance) = normalized(values, operands)
        let isFinite = variance.isAllFinite
        if !isFinite { (mean, variance) = momentsInUnits(x) }
        let scales = scales(variance, values.dtype)
        if !areOrdinary(scales) {
            result = inUnits(inputs)
        } else if !isFinite {
            result = normalized(values, mean, scales, operands)
        }
        return [result, mean, variance]
    }

    /// With the moments of the input, which are results too.
    private func normalized(
        _ values: Tensor, _ operands: ChannelNormOperands
    ) -> (result: Tensor, mean: Tensor, variance: Tensor) {
        let dtype = values.dtype
        let plan = plan(values.shape)
        let mean = Tensor(uninitialized: [plan.samples * groups], dtype)
        let variance = Tensor(uninitialized: [plan.samples * groups], dtype)
        let (weight, bias) = (operands.weight?.rowMajor(dtype), operands.bias?.rowMajor(dtype))
        let result = Tensor(uninitialized: Layout(channelsLast: values.shape), dtype)
        kernels.channelNorm(
            values.start, dtype, plan, epsilon: epsilon, weight: weight?.start, bias: bias?.start,
            activation: activation.forKernels, into: result.base, means: mean.base, variances: variance.base)
        return (result.converted(to: operands.x.dtype), mean, variance)
    }

    /// With given moments.
    func normalized(
        _ values: Tensor, _ mean: Tensor, _ scales: Tensor, _ operands: ChannelNormOperands
    ) -> Tensor {
        let dtype = values.dtype
        let (means, scales) = (mean.rowMajor(dtype), scales.rowMajor(dtype))
        let (weight, bias) = (operands.weight?.rowMajor(dtype), operands.bias?.rowMajor(dtype))
        let result = Tensor(uninitialized: Layout(channelsLast: values.shape), dtype)
        if values.count > 0 {
            kernels.channelNorm(
                values.start, dtype, plan(values.shape), means: means.start, scales: scales.start,
                weight: weight?.start, bias: bias?.start, activation: activation.forKernels, into: result.base
            )
        }
        return result.converted(to: operands.x.dtype)
    }

    /// The results behind the values are for the gradient alone.
    func isDifferentiable(result index: Int) -> Bool { index == 0 }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension ChannelNorm: ActivatedPrimitive, ChannelAffinePrimitive {
    func with(activation: FusedActivation, of dtype: DType) -> (any ActivatedPrimitive)? {
        var other = self
        other.activation = activation
        return other
    }

    /// With given moments of each channel: x·w / √(variance + ε) + (b - mean·w / √(variance + ε)).
    func scaleAndShift(_ inputs: [Tensor?]) -> (scale: Tensor, shift: Tensor)? {
        guard takesMoments, acrossSamples, !inputs.dropFirst().contains(where: { $0 == nil }) else {
            return nil
        }
        return withoutGradient {
            let (mean, variance) = (inputs[1]!.to(.float64), inputs[2]!.to(.float64))
            if mean.count != groups { return nil }
            var scale = (variance + epsilon).rsqrt()
            if hasWeight { scale = scale * inputs[3]! }
            let shift = -mean * scale
            return (scale, hasBias ? shift + inputs[hasWeight ? 4 : 3]! : shift)
        }
    }
}

// What the values and both ways to their gradients share.
extension ChannelNorm {
    /// With other parameters.
    func with(weight hasWeight: Bool, bias hasBias: Bool) -> ChannelNorm {
        ChannelNorm(
            name: name, acrossSamples: acrossSamples, groups: groups, epsilon: epsilon,
            activation: activation, takesMoments: takesMoments, hasWeight: hasWeight, hasBias: hasBias)
    }

    /// Stops the program where a weight or bias is not a real number a channel.
    static func check(_ operation: String, _ x: Tensor, _ parameters: [(String, Tensor?)], _ site: CallSite) {
        if x.rank < 2 {
            fail(operation, "takes [batch, channels, …], not shape \(x.shape)", at: site)
        }
        for (name, parameter) in parameters {
            guard let parameter else { continue }
            parameter.requireReal(name, operation, site)
            if parameter.shape != [x.shape[1]] {
                fail(
                    operation,
                    "a \(name) of shape \(parameter.shape) for \(x.shape[1]) channels of shape "
                        + "\(x.shape)", at: site)
            }
        }
    }

    func plan(_ shape: Shape) -> ChannelGroups {
        let positions = Array(shape[2...]).elementCount
        return acrossSamples
            ? ChannelGroups(samples: 1, rows: shape[0] * positions, channels: shape[1], groups: groups)
            : ChannelGroups(samples: shape[0], rows: positions, channels: shape[1], groups: groups)
    }

    /// The axes of grouped images over which moments are taken.
    var axes: [Int] { acrossSamples ? [0, 2, 3] : [2, 3] }

    func scales(_ variance: Tensor, _ dtype: DType) -> Tensor {
        (variance.to(dtype) + epsilon).rsqrt()
    }

    /// Whether the values were neither too large nor too small to be squared.
    func areOrdinary(_ scales: Tensor) -> Bool { scales.isWithin(scales.dtype.squarable.inverse) }
}

// Values that are too large or too small to be squared: both are divided by the largest of their group first.
extension ChannelNorm {
    private func momentsInUnits(_ x: Tensor) -> (mean: Tensor, variance: Tensor) {
        let grouped = x.to(x.dtype.computeType).reshape(x.shape.grouped(groups))
        let unit = grouped.squaringUnit(axes: axes)
        let values = grouped / unit
        let mean = values.mean(axes: axes, keepDims: true)
        let variance = (values - mean).square().mean(axes: axes, keepDims: true)
        return ((mean * unit).reshape([-1]), (variance * unit * unit).reshape([-1]))
    }

    func inUnits(_ inputs: [Tensor]) -> Tensor {
        let operands = ChannelNormOperands(inputs, self, takesMoments: false)
        let x = operands.x
        let type = x.dtype.computeType
        let grouped = x.to(type).reshape(x.shape.grouped(groups))
        let normal = grouped.normalizedInUnits(axes: axes, epsilon: epsilon, centered: true)
            .reshape(x.shape)
        let broadcast = [x.shape[1]] + [Int](repeating: 1, count: x.rank - 2)
        let scaled = operands.weight.map { normal * $0.to(type).reshape(broadcast) } ?? normal
        let result = operands.bias.map { scaled + $0.to(type).reshape(broadcast) } ?? scaled
        return activation(result).to(x.dtype)
    }
}

/// Those of the gradients of x, weight and bias that are wanted, for when they are not differentiated again.
///
/// The inputs are the gradient of the result, x, the means, 1 / √(variance + ε), and what there is of weight and bias.
struct ChannelNormGradient: Primitive {
    let norm: ChannelNorm
    /// Whether the gradient is wanted, for x and each parameter.
    let needs: [Bool]

    var name: String { norm.name + "Gradient" }
    var attributes: [Attribute] { norm.attributes }
    var isDifferentiable: Bool { false }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = ChannelNormOperands(Array(inputs.dropFirst()), norm, takesMoments: true)
        let x = operands.x
        let values = x.channelsLast()
        let dtype = values.dtype
        let gradient = inputs[0].channelsLast(x.dtype)
        let (means, scales) = (
            operands.moments!.mean.rowMajor(dtype), operands.moments!.variance.rowMajor(dtype)
        )
        let (weight, bias) = (operands.weight?.rowMajor(dtype), operands.bias?.rowMajor(dtype))
        let ofInput = needs[0] ? Tensor(uninitialized: Layout(channelsLast: x.shape), dtype) : nil
        func channels(_ isWanted: Bool) -> Tensor? {
            isWanted ? Tensor(uninitialized: [x.shape[1]], dtype) : nil
        }
        let ofWeight = channels(norm.hasWeight && needs[1])
        let ofBias = channels(norm.hasBias && needs[needs.count - 1])
        kernels.channelNormGradient(
            gradient.start, values.start, dtype, norm.plan(x.shape), means: means.start, scales: scales.start,
            weight: weight?.start, bias: bias?.start, activation: norm.activation.forKernels,
            constantMoments: norm.takesMoments, ofInput: ofInput?.base, ofWeight: ofWeight?.base,
            ofBias: ofBias?.base)
        var results: [Tensor] = []
        if let ofInput { results.append(ofInput.converted(to: x.dtype)) }
        if let ofWeight { results.append(ofWeight.converted(to: operands.weight!.dtype)) }
        if let ofBias { results.append(ofBias.converted(to: operands.bias!.dtype)) }
        return results
    }
}

/// The inputs of a normalization by name.
struct ChannelNormOperands {
    let x: Tensor
    let moments: (mean: Tensor, variance: Tensor)?
    let weight: Tensor?
    let bias: Tensor?

    init(_ inputs: [Tensor], _ norm: ChannelNorm, takesMoments: Bool) {
        x = inputs[0]
        moments = takesMoments ? (inputs[1], inputs[2]) : nil
        weight = norm.hasWeight ? inputs[takesMoments ? 3 : 1] : nil
        bias = norm.hasBias ? inputs[inputs.count - 1] : nil
    }
}

extension Shape {
    /// That of images [samples, channels, …] as [samples, groups, channels of a group, positions].
    func grouped(_ groups: Int) -> Shape {
        [self[0], groups, groups == 0 ? 0 : self[1] / groups, Array(self[2...]).elementCount]
    }
}

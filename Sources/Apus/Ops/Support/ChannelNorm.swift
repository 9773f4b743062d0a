import ApusKernels

/// What batch, group and instance normalisation share: (x - mean) / √(variance + ε) · weight + bias, with
/// the mean and variance of groups of channels, over the spatial axes and one sample or all.
struct ChannelNorm: Sendable {
    let acrossSamples: Bool
    /// How many runs of as many channels have moments of their own.
    let groups: Int
    let epsilon: Double
    var activation = FusedActivation.none

    /// A mean and a variance for each sample's groups, one after the other.
    struct Moments: Sendable {
        let mean: Tensor
        let variance: Tensor
        /// Whether they do not depend on the input, as running statistics.
        let areConstant: Bool
    }

    /// Traps where a weight or bias is not a real number a channel.
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

    private func plan(_ shape: Shape) -> ChannelGroups {
        let places = Array(shape[2...]).elementCount
        return acrossSamples
            ? ChannelGroups(samples: 1, rows: shape[0] * places, channels: shape[1], groups: groups)
            : ChannelGroups(samples: shape[0], rows: places, channels: shape[1], groups: groups)
    }

    /// The input's own moments, without history; zeros where there is none.
    func moments(_ x: Tensor) -> Moments {
        let values = x.channelsLast()
        let plan = plan(x.shape)
        let shape = [plan.samples * groups]
        if x.count == 0 {
            let zeros = Tensor.zeros(shape, dtype: values.dtype)
            return Moments(mean: zeros, variance: zeros, areConstant: false)
        }
        let mean = Tensor(uninitialized: shape, values.dtype)
        let variance = Tensor(uninitialized: shape, values.dtype)
        Kernels.channelMoments(
            values.start, values.dtype, plan, means: mean.base, variances: variance.base)
        return Moments(mean: mean, variance: variance, areConstant: false)
    }

    func callAsFunction(_ name: String, _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?, _ moments: Moments)
        -> Tensor
    {
        let values = x.channelsLast()
        let result = Tensor(uninitialized: Layout(channelsLast: x.shape), values.dtype)
        let means = moments.mean.rowMajor(values.dtype)
        let scales = (moments.variance.rowMajor(values.dtype) + epsilon).rsqrt()
        let (weightValues, biasValues) = (weight?.rowMajor(values.dtype), bias?.rowMajor(values.dtype))
        if x.count > 0 {
            Kernels.channelNorm(
                values.start, values.dtype, plan(x.shape), means: means.start, scales: scales.start,
                weight: weightValues?.start, bias: biasValues?.start, relu: activation == .relu,
                into: result.base)
        }
        // An input that is missing gets no gradient: any tensor without history stands for it.
        let inputs = [x, weight ?? means, bias ?? means]
        return x.record(name, result.converted(to: x.dtype), inputs) { backward in
            // Nothing has gradients of zeros, as tensor operations find.
            if GradientMode.current == .recording || x.count == 0 {
                return composed(backward, x, weight, bias, moments.areConstant ? (means, scales) : nil)
            }
            return fused(backward, x, weight, bias, means, scales, moments.areConstant)
        }
    }

    private func fused(
        _ backward: Backward, _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?, _ means: Tensor,
        _ scales: Tensor, _ constantMoments: Bool
    ) -> [Tensor?] {
        let values = x.channelsLast()
        let gradient = backward.gradient.channelsLast(x.dtype)
        let ofInput =
            backward.needs[0] ? Tensor(uninitialized: Layout(channelsLast: x.shape), values.dtype) : nil
        let ofWeight = backward.needs[1] ? Tensor(uninitialized: [x.shape[1]], values.dtype) : nil
        let ofBias = backward.needs[2] ? Tensor(uninitialized: [x.shape[1]], values.dtype) : nil
        let (weightValues, biasValues) = (weight?.rowMajor(values.dtype), bias?.rowMajor(values.dtype))
        Kernels.channelNormGradient(
            gradient.start, values.start, values.dtype, plan(x.shape), means: means.start,
            scales: scales.start, weight: weightValues?.start, bias: biasValues?.start,
            relu: activation == .relu, constantMoments: constantMoments, ofInput: ofInput?.base,
            ofWeight: ofWeight?.base, ofBias: ofBias?.base)
        return [
            ofInput?.converted(to: x.dtype), weight.flatMap { ofWeight?.converted(to: $0.dtype) },
            bias.flatMap { ofBias?.converted(to: $0.dtype) },
        ]
    }

    /// The same in tensor operations, to be differentiated again.
    private func composed(
        _ backward: Backward, _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?,
        _ constants: (means: Tensor, scales: Tensor)?
    ) -> [Tensor?] {
        let (samples, channels) = (x.shape[0], x.shape[1])
        let size = groups == 0 ? 0 : channels / groups
        // [samples, groups, channels of a group, places]
        let split = [samples, groups, size, Array(x.shape[2...]).elementCount]
        let axes = acrossSamples ? [0, 2, 3] : [2, 3]
        let grouped = x.reshape(split)
        let centred: Tensor
        let scale: Tensor
        if let constants {
            let shape = [1, groups, 1, 1]
            centred = grouped - constants.means.reshape(shape)
            scale = constants.scales.reshape(shape)
        } else {
            centred = grouped - grouped.mean(axes: axes, keepDims: true)
            scale = (centred.square().mean(axes: axes, keepDims: true) + epsilon).rsqrt()
        }
        let normal = centred * scale
        func spread(_ parameter: Tensor) -> Tensor { parameter.reshape([1, groups, size, 1]) }
        var gradient = backward.gradient.reshape(split)
        if activation == .relu {
            let product = weight.map { normal.detach() * spread($0.detach()) } ?? normal.detach()
            let value = bias.map { product + spread($0.detach()) } ?? product
            gradient = gradient.maskedFill(value .<= 0, 0)
        }
        let u = weight.map { gradient * spread($0) } ?? gradient
        let ofInput =
            constants != nil
            ? u * scale
            : scale
                * (u - u.mean(axes: axes, keepDims: true)
                    - normal * (u * normal).mean(axes: axes, keepDims: true))
        return [
            ofInput.reshape(x.shape),
            weight.map { (gradient * normal).sum(axes: [0, 3]).reshape($0.shape) },
            bias.map { gradient.sum(axes: [0, 3]).reshape($0.shape) },
        ]
    }
}

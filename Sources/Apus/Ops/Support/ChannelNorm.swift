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
        if !variance.isAllFinite { return momentsInUnits(x) }
        return Moments(mean: mean, variance: variance, areConstant: false)
    }

    /// The same of values that are too large to be squared.
    private func momentsInUnits(_ x: Tensor) -> Moments {
        let grouped = x.detach().to(x.dtype.computeType).reshape(x.shape.grouped(groups))
        let unit = grouped.squaringUnit(axes: axes)
        let values = grouped / unit
        let mean = values.mean(axes: axes, keepDims: true)
        let variance = (values - mean).square().mean(axes: axes, keepDims: true)
        return Moments(
            mean: (mean * unit).reshape([-1]), variance: (variance * unit * unit).reshape([-1]),
            areConstant: false)
    }

    /// Of images in groups those over which moments are taken.
    private var axes: [Int] { acrossSamples ? [0, 2, 3] : [2, 3] }

    func callAsFunction(_ name: String, _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?, _ moments: Moments)
        -> Tensor
    {
        let values = x.channelsLast()
        let means = moments.mean.rowMajor(values.dtype)
        let scales = (moments.variance.rowMajor(values.dtype) + epsilon).rsqrt()
        if x.count > 0, !moments.areConstant, !scales.isWithin(values.dtype.squarable.inverse) {
            return inUnits(x, weight, bias)
        }
        let (weightValues, biasValues) = (weight?.rowMajor(values.dtype), bias?.rowMajor(values.dtype))
        let result = Tensor(uninitialized: Layout(channelsLast: x.shape), values.dtype)
        if x.count > 0 {
            Kernels.channelNorm(
                values.start, values.dtype, plan(x.shape), means: means.start, scales: scales.start,
                weight: weightValues?.start, bias: biasValues?.start, relu: activation == .relu,
                into: result.base)
        }
        // An input that is missing gets no gradient: any tensor without history stands for it.
        let inputs = [x, weight ?? means, bias ?? means]
        return x.record(name, result.converted(to: x.dtype), inputs, elementwise: true) { backward in
            // Nothing has gradients of zeros, as tensor operations find.
            if GradientMode.current == .recording || x.count == 0 {
                return composed(backward, x, weight, bias, moments.areConstant ? (means, scales) : nil)
            }
            return fused(backward, x, weight, bias, means, scales, moments.areConstant)
        }
    }

    /// For values that are too large or too small to be squared.
    private func inUnits(_ x: Tensor, _ weight: Tensor?, _ bias: Tensor?) -> Tensor {
        let type = x.dtype.computeType
        let grouped = x.to(type).reshape(x.shape.grouped(groups))
        let normal = grouped.normalisedInUnits(axes: axes, epsilon: epsilon, centred: true)
            .reshape(x.shape)
        let spread = [x.shape[1]] + [Int](repeating: 1, count: x.rank - 2)
        let scaled = weight.map { normal * $0.to(type).reshape(spread) } ?? normal
        let result = bias.map { scaled + $0.to(type).reshape(spread) } ?? scaled
        return (activation == .relu ? result.relu() : result).to(x.dtype)
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
        let split = x.shape.grouped(groups)
        let size = split[2]
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

extension Shape {
    /// That of images [samples, channels, …] as [samples, groups, channels of a group, places].
    func grouped(_ groups: Int) -> Shape {
        [self[0], groups, groups == 0 ? 0 : self[1] / groups, Array(self[2...]).elementCount]
    }
}

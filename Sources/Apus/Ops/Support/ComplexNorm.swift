import ApusKernels

/// What batch, group and layer normalisation of complex numbers share: γ·V^(-½)·(x - mean) + bias, where each number is
/// a vector of its parts, with the mean and covariance V of groups of channels, over the spatial axes and one sample or
/// all.
///
/// Source: Trabelsi et al., "Deep complex networks", 2018, section 3.5.
struct ComplexNorm: Sendable {
    let acrossSamples: Bool
    /// How many runs of as many channels have moments of their own.
    let groups: Int
    let epsilon: Double
    var activation = FusedActivation.none

    /// A complex mean and a covariance for each sample's groups, one after the other.
    struct Moments: Sendable {
        let mean: Tensor
        /// Three float64 numbers each: of the real parts, of the imaginary parts, of both.
        let covariance: Tensor
        /// Whether they do not depend on the input, as running statistics.
        let areConstant: Bool
    }

    /// What follows the whitening: three real numbers a channel and a complex one.
    struct Parameters: Sendable {
        let weight: Tensor?
        let bias: Tensor?
    }

    /// Traps where the input is not [batch, channels, …] of complex numbers or parameters do not fit it.
    static func check(
        _ operation: String, _ x: Tensor, _ parameters: Parameters, insteadCall other: String,
        _ site: CallSite
    ) {
        x.requireComplex(operation, insteadCall: other, site)
        if x.rank < 2 {
            fail(operation, "takes [batch, channels, …], not shape \(x.shape)", at: site)
        }
        checkParameters(operation, parameters, [x.shape[1]], site)
    }

    /// - Parameter shape: that of the bias; the weight has an axis of 3 more.
    static func checkParameters(
        _ operation: String, _ parameters: Parameters, _ shape: Shape, _ site: CallSite
    ) {
        if let weight = parameters.weight {
            if weight.dtype.isComplex {
                fail(operation, "a weight is three real numbers a channel, not \(weight.dtype)", at: site)
            }
            if weight.shape != shape + [3] {
                fail(operation, "a weight of shape \(weight.shape) instead of \(shape + [3])", at: site)
            }
        }
        if let bias = parameters.bias, bias.shape != shape {
            fail(operation, "a bias of shape \(bias.shape) instead of \(shape)", at: site)
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
        let count = plan.samples * groups
        if x.count == 0 {
            return Moments(
                mean: .zeros([count], dtype: values.dtype), covariance: .zeros([count, 3], dtype: .float64),
                areConstant: false)
        }
        let mean = Tensor(uninitialized: [count], values.dtype)
        let covariance = Tensor(uninitialized: [count, 3], .float64)
        Kernels.complexMoments(
            values.start, values.dtype, plan, means: mean.base,
            covariances: covariance.base.assumingMemoryBound(to: Double.self))
        if !covariance.isAllFinite { return momentsInUnits(x) }
        return Moments(mean: mean, covariance: covariance, areConstant: false)
    }

    /// The same of values that are too large to be squared.
    private func momentsInUnits(_ x: Tensor) -> Moments {
        let (d, mean, unit) = centredInUnits(x.detach(), squaringEpsilon: 0)
        let covariance = covariances(d)
        let wide = unit.to(.float64)
        return Moments(
            mean: (mean * unit).reshape([-1]),
            covariance: Tensor.stack(
                [covariance.rr, covariance.ii, covariance.ri].map {
                    ($0.to(.float64) * wide * wide).reshape([-1])
                }, axis: 1),
            areConstant: false)
    }

    /// Deviations from the mean, the mean, and the units of both: the largest part of each group.
    private func centredInUnits(_ x: Tensor, squaringEpsilon epsilon: Double)
        -> (d: PartTensors, mean: Tensor, unit: Tensor)
    {
        let grouped = x.reshape(x.shape.grouped(groups))
        let unit = grouped.squaringUnit(axes: axes, epsilon: epsilon)
        let values = grouped / unit
        let mean = values.mean(axes: axes, keepDims: true)
        return (PartTensors(values - mean), mean, unit)
    }

    private func covariances(_ d: PartTensors) -> SymmetricTensors {
        func mean(_ values: Tensor) -> Tensor { values.mean(axes: axes, keepDims: true) }
        return SymmetricTensors(rr: mean(d.re * d.re), ii: mean(d.im * d.im), ri: mean(d.re * d.im))
    }

    /// Of images in groups those over which moments are taken.
    private var axes: [Int] { acrossSamples ? [0, 2, 3] : [2, 3] }

    /// Whether determinants of these covariances, plus ε, are numbers.
    private func areOrdinary(_ moments: Moments, _ dtype: DType) -> Bool {
        let variances = moments.covariance.narrow(axis: 1, start: 0, count: 2).sum(axis: 1)
        return (variances + 2 * epsilon).isWithin(
            dtype == .complex64 ? DType.float32.squarable.squared : DType.float64.squarable)
    }

    /// For values that are too large or too small for their covariance to have a determinant.
    private func inUnits(_ x: Tensor, _ parameters: Parameters) -> Tensor {
        let (d, _, unit) = centredInUnits(x, squaringEpsilon: epsilon)
        let white = covariances(d).whitening(epsilon: (epsilon.squareRoot() / unit).square())(d)
        let (channels, type) = (x.shape[1], x.dtype.realType)
        let spread = [1, groups, channels / groups, 1]
        var value = white
        if let weight = parameters.weight {
            value = SymmetricTensors(weight.to(type).reshape(spread + [3]))(value)
        }
        if let bias = parameters.bias { value = value + PartTensors(bias.to(x.dtype).reshape(spread)) }
        let result = Tensor.complex(real: value.re, imaginary: value.im).reshape(x.shape)
        return activation == .relu ? result.crelu() : result
    }

    func callAsFunction(_ name: String, _ x: Tensor, _ parameters: Parameters, _ moments: Moments) -> Tensor {
        if x.count > 0, !moments.areConstant, !areOrdinary(moments, x.dtype) {
            return inUnits(x, parameters)
        }
        let values = x.channelsLast()
        let result = Tensor(uninitialized: Layout(channelsLast: x.shape), values.dtype)
        let operands = Operands(moments, parameters, values.dtype)
        if x.count > 0 {
            Kernels.complexNorm(
                values.start, values.dtype, plan(x.shape), means: operands.means.start,
                covariances: operands.covariances.start.assumingMemoryBound(to: Double.self),
                epsilon: epsilon, weight: operands.weight?.start, bias: operands.bias?.start,
                relu: activation == .relu, into: result.base)
        }
        // An input that is missing gets no gradient: any tensor without history stands for it.
        let inputs = [x, parameters.weight ?? operands.means, parameters.bias ?? operands.means]
        return x.record(name, result, inputs, elementwise: true) { backward in
            // Nothing has gradients of zeros, as tensor operations find.
            if GradientMode.current == .recording || x.count == 0 {
                return composed(backward, x, parameters, moments)
            }
            return fused(backward, x, parameters, operands, moments.areConstant)
        }
    }

    /// What kernels read, row-major and in their types.
    private struct Operands: Sendable {
        let means: Tensor
        let covariances: Tensor
        let weight: Tensor?
        let bias: Tensor?

        init(_ moments: Moments, _ parameters: Parameters, _ dtype: DType) {
            means = moments.mean.rowMajor(dtype)
            covariances = moments.covariance.rowMajor(.float64)
            weight = parameters.weight?.rowMajor(dtype.realType)
            bias = parameters.bias?.rowMajor(dtype)
        }
    }

    private func fused(
        _ backward: Backward, _ x: Tensor, _ parameters: Parameters, _ operands: Operands,
        _ constantMoments: Bool
    ) -> [Tensor?] {
        let values = x.channelsLast()
        let gradient = backward.gradient.channelsLast(x.dtype)
        let channels = x.shape[1]
        let ofInput =
            backward.needs[0] ? Tensor(uninitialized: Layout(channelsLast: x.shape), values.dtype) : nil
        let ofWeight =
            backward.needs[1] ? Tensor(uninitialized: [channels, 3], values.dtype.realType) : nil
        let ofBias = backward.needs[2] ? Tensor(uninitialized: [channels], values.dtype) : nil
        Kernels.complexNormGradient(
            gradient.start, values.start, values.dtype, plan(x.shape), means: operands.means.start,
            covariances: operands.covariances.start.assumingMemoryBound(to: Double.self), epsilon: epsilon,
            weight: operands.weight?.start, bias: operands.bias?.start, relu: activation == .relu,
            constantMoments: constantMoments, ofInput: ofInput?.base, ofWeight: ofWeight?.base,
            ofBias: ofBias?.base)
        return [
            ofInput, parameters.weight.flatMap { ofWeight?.converted(to: $0.dtype) },
            // A real bias takes the real part, which the caller sees to.
            ofBias,
        ]
    }

    /// The same in tensor operations, to be differentiated again.
    private func composed(_ backward: Backward, _ x: Tensor, _ parameters: Parameters, _ moments: Moments)
        -> [Tensor?]
    {
        let split = x.shape.grouped(groups)
        let (channels, size) = (x.shape[1], split[2])
        func mean(_ values: Tensor) -> Tensor { values.mean(axes: axes, keepDims: true) }
        func centred(_ part: Tensor, _ constant: Tensor) -> Tensor {
            let grouped = part.reshape(split)
            return grouped - (moments.areConstant ? constant.reshape([1, groups, 1, 1]) : mean(grouped))
        }
        let d = PartTensors(
            re: centred(x.real, moments.mean.real), im: centred(x.imaginary, moments.mean.imaginary))
        let covariance =
            moments.areConstant
            ? SymmetricTensors(
                moments.covariance.to(x.dtype.realType).reshape([1, groups, 1, 1, 3]))
            : covariances(d)
        let m = covariance.whitening(epsilon: Tensor(epsilon, dtype: x.dtype.realType))
        let normal = m(d)
        let w = parameters.weight.map {
            SymmetricTensors($0.to(x.dtype.realType).reshape([1, groups, size, 1, 3]))
        }
        var g = PartTensors(backward.gradient.reshape(split))
        if activation == .relu {
            var value = w.map { $0(normal) } ?? normal
            if let bias = parameters.bias {
                value = value + PartTensors(bias.to(x.dtype).reshape([1, groups, size, 1]))
            }
            g = PartTensors(
                re: g.re.maskedFill(value.re.detach() .<= 0, 0),
                im: g.im.maskedFill(value.im.detach() .<= 0, 0))
        }
        let u = w.map { $0(g) } ?? g
        var ofInput = m(u)
        if !moments.areConstant {
            let ofWhitening = SymmetricTensors(
                rr: mean(u.re * d.re), ii: mean(u.im * d.im), ri: mean(u.re * d.im + u.im * d.re) * 0.5)
            let slope = m.covarianceGradient(ofWhitening)
            let pulled = slope(d)
            ofInput =
                m(PartTensors(re: u.re - mean(u.re), im: u.im - mean(u.im)))
                + PartTensors(re: pulled.re * 2, im: pulled.im * 2)
        }
        func summed(_ values: Tensor) -> Tensor { values.sum(axes: [0, 3]).reshape([channels]) }
        return [
            Tensor.complex(real: ofInput.re, imaginary: ofInput.im).reshape(x.shape),
            parameters.weight.map {
                Tensor.stack(
                    [
                        summed(g.re * normal.re), summed(g.im * normal.im),
                        summed(g.re * normal.im + g.im * normal.re),
                    ], axis: 1
                ).to($0.dtype)
            },
            parameters.bias.map { _ in Tensor.complex(real: summed(g.re), imaginary: summed(g.im)) },
        ]
    }
}

/// The parts of complex numbers, each for itself.
private struct PartTensors {
    let re: Tensor
    let im: Tensor

    init(re: Tensor, im: Tensor) {
        self.re = re
        self.im = im
    }

    init(_ values: Tensor) { self.init(re: values.real, im: values.imaginary) }

    static func + (a: PartTensors, b: PartTensors) -> PartTensors {
        PartTensors(re: a.re + b.re, im: a.im + b.im)
    }
}

/// Symmetric matrices of two rows, element by element; see `SymmetricPair` of the kernels.
private struct SymmetricTensors {
    let rr: Tensor
    let ii: Tensor
    let ri: Tensor

    init(rr: Tensor, ii: Tensor, ri: Tensor) {
        self.rr = rr
        self.ii = ii
        self.ri = ri
    }

    /// From a last axis of 3.
    init(_ values: Tensor) {
        func element(_ i: Int) -> Tensor {
            values.narrow(axis: -1, start: i, count: 1).squeeze(axis: -1)
        }
        self.init(rr: element(0), ii: element(1), ri: element(2))
    }

    func callAsFunction(_ x: PartTensors) -> PartTensors {
        PartTensors(re: rr * x.re + ri * x.im, im: ri * x.re + ii * x.im)
    }

    func whitening(epsilon: Tensor) -> SymmetricTensors {
        let s = (rr * ii - ri * ri + (rr + ii + epsilon) * epsilon).sqrt()
        let t = (rr + ii + 2 * epsilon + 2 * s).sqrt()
        let factor = (s * t).reciprocal()
        return SymmetricTensors(
            rr: (ii + epsilon + s) * factor, ii: (rr + epsilon + s) * factor, ri: -ri * factor)
    }

    func around(_ other: SymmetricTensors) -> SymmetricTensors {
        SymmetricTensors(
            rr: rr * rr * other.rr + 2 * rr * ri * other.ri + ri * ri * other.ii,
            ii: ri * ri * other.rr + 2 * ri * ii * other.ri + ii * ii * other.ii,
            ri: rr * ri * other.rr + (rr * ii + ri * ri) * other.ri + ri * ii * other.ii)
    }

    func covarianceGradient(_ gradient: SymmetricTensors) -> SymmetricTensors {
        let inner = around(gradient)
        let outer = around(inner)
        let determinant = rr * ii - ri * ri
        let factor = -0.5 / (rr + ii)
        return SymmetricTensors(
            rr: factor * (outer.rr + determinant * inner.rr),
            ii: factor * (outer.ii + determinant * inner.ii),
            ri: factor * (outer.ri + determinant * inner.ri))
    }
}

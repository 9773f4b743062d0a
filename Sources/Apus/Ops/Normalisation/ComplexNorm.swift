import ApusKernels

/// Batch, group and layer normalisation of complex numbers: γ·V^(-½)·(x - mean) + bias, where each number is
/// a vector of its parts, with the mean and covariance V of groups of channels, over the spatial axes and one
/// sample or all.
///
/// The inputs are x, the mean and the covariance if they are given, and what there is of γ and bias. Moments
/// that are not given are results behind the values, one of each sample's groups after the other: the mean, and
/// three float64 numbers, the variance of the real parts, of the imaginary parts, and the covariance of both.
/// No gradient flows to given ones, nor from others.
///
/// Source: Trabelsi et al., "Deep complex networks", 2018, section 3.5.
struct ComplexNorm: Primitive {
    let name: String
    let acrossSamples: Bool
    /// How many runs of as many channels have moments of their own.
    let groups: Int
    let epsilon: Double
    var activation = FusedActivation.none
    /// Whether mean and covariance are given, as running statistics.
    var takesMoments = false
    let hasWeight: Bool
    let hasBias: Bool

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = ComplexNormOperands(inputs, self, takesMoments: takesMoments)
        let x = operands.x
        let values = x.channelsLast()
        let (mean, covariance) = operands.moments ?? moments(x, values)
        let isSecondWay = x.count > 0 && !takesMoments && !areOrdinary(covariance, x.dtype)
        let result = isSecondWay ? inUnits(inputs) : normalised(values, mean, covariance, operands)
        return takesMoments ? [result] : [result, mean, covariance]
    }

    /// The input's own moments; zeros where there is none.
    private func moments(_ x: Tensor, _ values: Tensor) -> (mean: Tensor, covariance: Tensor) {
        let plan = plan(x.shape)
        let count = plan.samples * groups
        if x.count == 0 {
            return (.zeros([count], dtype: values.dtype), .zeros([count, 3], dtype: .float64))
        }
        let mean = Tensor(uninitialized: [count], values.dtype)
        let covariance = Tensor(uninitialized: [count, 3], .float64)
        kernels.complexMoments(
            values.start, values.dtype, plan, means: mean.base, covariances: covariance.base)
        return covariance.isAllFinite ? (mean, covariance) : momentsInUnits(x)
    }

    private func normalised(
        _ values: Tensor, _ mean: Tensor, _ covariance: Tensor, _ operands: ComplexNormOperands
    ) -> Tensor {
        let dtype = values.dtype
        let (means, covariances) = (mean.rowMajor(dtype), covariance.rowMajor(.float64))
        let (weight, bias) = (operands.weight?.rowMajor(dtype.realType), operands.bias?.rowMajor(dtype))
        let result = Tensor(uninitialized: Layout(channelsLast: values.shape), dtype)
        if values.count > 0 {
            kernels.complexNorm(
                values.start, dtype, plan(values.shape), means: means.start,
                covariances: covariances.start, epsilon: epsilon,
                weight: weight?.start, bias: bias?.start, relu: activation == .relu, into: result.base)
        }
        return result
    }

    /// The others are for the gradient alone.
    func isDifferentiable(result index: Int) -> Bool { index == 0 }

    func saved(for needs: [Bool]) -> Saved { takesMoments ? .inputs : [.inputs, .output(1), .output(2)] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let count = backward.needs.count
        let inputs = (0..<count).map(backward.input)
        let operands = ComplexNormOperands(inputs, self, takesMoments: takesMoments)
        let x = operands.x
        let (mean, covariance) =
            operands.moments.map { ($0.mean.detach(), $0.covariance.detach()) }
            ?? (backward.output(1), backward.output(2))
        if x.count > 0, !takesMoments, !areOrdinary(covariance, x.dtype) {
            return Tensor.pullback(backward, inputs: Array(0..<count), inUnits)
        }
        // Nothing has gradients of zeros, as tensor operations find.
        let found =
            GradientMode.current == .recording || x.count == 0
            ? composed(backward.gradient, operands, mean, covariance)
            : fused(backward, inputs, mean, covariance)
        return takesMoments ? [found[0], nil, nil] + found.dropFirst() : found
    }

    /// The gradients of x, γ and bias by a kernel.
    private func fused(_ backward: Backward, _ inputs: [Tensor], _ mean: Tensor, _ covariance: Tensor)
        -> [Tensor?]
    {
        let parameters = takesMoments ? 3 : 1
        let needs = [backward.needs[0]] + backward.needs[parameters...]
        let gradient = ComplexNormGradient(norm: self, needs: needs)
        let operands = [backward.gradient, inputs[0], mean, covariance] + inputs[parameters...]
        var found = Tensor.applyAll(gradient, to: operands, at: nil)[...]
        return needs.map { $0 ? found.popFirst() : nil }
    }

    /// The same in tensor operations, to be differentiated again; `mean` and `covariance` are taken for constants where
    /// they are given.
    private func composed(
        _ gradient: Tensor, _ operands: ComplexNormOperands, _ mean: Tensor, _ covariance: Tensor
    ) -> [Tensor?] {
        let x = operands.x
        let type = x.dtype.realType
        let split = x.shape.grouped(groups)
        let (channels, size) = (x.shape[1], split[2])
        func average(_ values: Tensor) -> Tensor { values.mean(axes: axes, keepDims: true) }
        func centred(_ part: Tensor, _ constant: Tensor) -> Tensor {
            let grouped = part.reshape(split)
            return grouped - (takesMoments ? constant.to(type).reshape([1, groups, 1, 1]) : average(grouped))
        }
        let d = PartTensors(re: centred(x.real, mean.real), im: centred(x.imaginary, mean.imaginary))
        let covariance =
            takesMoments
            ? SymmetricTensors(covariance.to(type).reshape([1, groups, 1, 1, 3])) : covariances(d)
        let m = covariance.whitening(epsilon: Tensor(epsilon, dtype: type))
        let normal = m(d)
        let w = operands.weight.map {
            SymmetricTensors($0.to(type).reshape([1, groups, size, 1, 3]))
        }
        var g = PartTensors(gradient.reshape(split))
        if activation == .relu {
            var value = w.map { $0(normal) } ?? normal
            if let bias = operands.bias {
                value = value + PartTensors(bias.to(x.dtype).reshape([1, groups, size, 1]))
            }
            g = PartTensors(
                re: g.re.maskedFill(value.re.detach() .<= 0, 0),
                im: g.im.maskedFill(value.im.detach() .<= 0, 0))
        }
        let u = w.map { $0(g) } ?? g
        var ofInput = m(u)
        if !takesMoments {
            let ofWhitening = SymmetricTensors(
                rr: average(u.re * d.re), ii: average(u.im * d.im),
                ri: average(u.re * d.im + u.im * d.re) * 0.5)
            let slope = m.covarianceGradient(ofWhitening)
            let pulled = slope(d)
            ofInput =
                m(PartTensors(re: u.re - average(u.re), im: u.im - average(u.im)))
                + PartTensors(re: pulled.re * 2, im: pulled.im * 2)
        }
        func summed(_ values: Tensor) -> Tensor { values.sum(axes: [0, 3]).reshape([channels]) }
        var found: [Tensor?] = [
            Tensor.complex(real: ofInput.re, imaginary: ofInput.im).reshape(x.shape)
        ]
        if let weight = operands.weight {
            let parts = [
                summed(g.re * normal.re), summed(g.im * normal.im),
                summed(g.re * normal.im + g.im * normal.re),
            ]
            found.append(Tensor.stack(parts, axis: 1).to(weight.dtype))
        }
        // A real bias takes the real part, which the caller sees to.
        if hasBias { found.append(Tensor.complex(real: summed(g.re), imaginary: summed(g.im))) }
        return found
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension ComplexNorm: ActivatedPrimitive {
    func with(activation: FusedActivation, of dtype: DType) -> (any ActivatedPrimitive)? {
        var other = self
        other.activation = activation
        return other
    }
}

// What the values and both ways to their gradients share.
extension ComplexNorm {
    /// Stops the program where the input is not [batch, channels, …] of complex numbers or parameters do not fit it.
    static func check(
        _ operation: String, _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?, insteadCall other: String,
        _ site: CallSite
    ) {
        x.requireComplex(operation, insteadCall: other, site)
        if x.rank < 2 {
            fail(operation, "takes [batch, channels, …], not shape \(x.shape)", at: site)
        }
        checkParameters(operation, weight, bias, [x.shape[1]], site)
    }

    /// - Parameter shape: that of the bias; the weight has an axis of 3 more.
    static func checkParameters(
        _ operation: String, _ weight: Tensor?, _ bias: Tensor?, _ shape: Shape, _ site: CallSite
    ) {
        if let weight {
            if weight.dtype.isComplex {
                fail(operation, "a weight is three real numbers a channel, not \(weight.dtype)", at: site)
            }
            if weight.shape != shape + [3] {
                fail(operation, "a weight of shape \(weight.shape) instead of \(shape + [3])", at: site)
            }
        }
        if let bias, bias.shape != shape {
            fail(operation, "a bias of shape \(bias.shape) instead of \(shape)", at: site)
        }
    }

    fileprivate func plan(_ shape: Shape) -> ChannelGroups {
        let places = Array(shape[2...]).elementCount
        return acrossSamples
            ? ChannelGroups(samples: 1, rows: shape[0] * places, channels: shape[1], groups: groups)
            : ChannelGroups(samples: shape[0], rows: places, channels: shape[1], groups: groups)
    }

    /// Of images in groups those over which moments are taken.
    private var axes: [Int] { acrossSamples ? [0, 2, 3] : [2, 3] }

    private func covariances(_ d: PartTensors) -> SymmetricTensors {
        func mean(_ values: Tensor) -> Tensor { values.mean(axes: axes, keepDims: true) }
        return SymmetricTensors(rr: mean(d.re * d.re), ii: mean(d.im * d.im), ri: mean(d.re * d.im))
    }

    /// Whether determinants of these covariances, plus ε, are numbers.
    private func areOrdinary(_ covariance: Tensor, _ dtype: DType) -> Bool {
        let variances = covariance.narrow(axis: 1, start: 0, count: 2).sum(axis: 1)
        return (variances + 2 * epsilon).isWithin(
            dtype == .complex64 ? DType.float32.squarable.squared : DType.float64.squarable)
    }
}

// Values that are too large or too small for their covariance to have a determinant: they are divided by the
// largest part in their group first.
extension ComplexNorm {
    private func momentsInUnits(_ x: Tensor) -> (mean: Tensor, covariance: Tensor) {
        let (d, mean, unit) = centredInUnits(x, squaringEpsilon: 0)
        let covariance = covariances(d)
        let wide = unit.to(.float64)
        let parts = [covariance.rr, covariance.ii, covariance.ri].map {
            ($0.to(.float64) * wide * wide).reshape([-1])
        }
        return ((mean * unit).reshape([-1]), Tensor.stack(parts, axis: 1))
    }

    /// Deviations from the mean, the mean, and the units of both.
    private func centredInUnits(_ x: Tensor, squaringEpsilon epsilon: Double)
        -> (d: PartTensors, mean: Tensor, unit: Tensor)
    {
        let grouped = x.reshape(x.shape.grouped(groups))
        let unit = grouped.squaringUnit(axes: axes, epsilon: epsilon)
        let values = grouped / unit
        let mean = values.mean(axes: axes, keepDims: true)
        return (PartTensors(values - mean), mean, unit)
    }

    private func inUnits(_ inputs: [Tensor]) -> Tensor {
        let operands = ComplexNormOperands(inputs, self, takesMoments: false)
        let x = operands.x
        let (d, _, unit) = centredInUnits(x, squaringEpsilon: epsilon)
        let white = covariances(d).whitening(epsilon: (epsilon.squareRoot() / unit).square())(d)
        let (channels, type) = (x.shape[1], x.dtype.realType)
        let spread = [1, groups, channels / groups, 1]
        var value = white
        if let weight = operands.weight {
            value = SymmetricTensors(weight.to(type).reshape(spread + [3]))(value)
        }
        if let bias = operands.bias { value = value + PartTensors(bias.to(x.dtype).reshape(spread)) }
        let result = Tensor.complex(real: value.re, imaginary: value.im).reshape(x.shape)
        return activation == .relu ? result.crelu() : result
    }
}

/// The gradients of x, γ and bias, those that are wanted, where they are not differentiated again.
///
/// The inputs are the gradient of the result, x, the means, the covariances, and what there is of γ and bias.
struct ComplexNormGradient: Primitive {
    let norm: ComplexNorm
    /// An entry for x and each parameter.
    let needs: [Bool]

    var name: String { norm.name + "Gradient" }
    var attributes: [Attribute] { norm.attributes }
    var isDifferentiable: Bool { false }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = ComplexNormOperands(Array(inputs.dropFirst()), norm, takesMoments: true)
        let x = operands.x
        let values = x.channelsLast()
        let dtype = values.dtype
        let gradient = inputs[0].channelsLast(dtype)
        let (mean, covariance) = operands.moments!
        let (means, covariances) = (mean.rowMajor(dtype), covariance.rowMajor(.float64))
        let (weight, bias) = (operands.weight?.rowMajor(dtype.realType), operands.bias?.rowMajor(dtype))
        let channels = x.shape[1]
        let ofInput = needs[0] ? Tensor(uninitialized: Layout(channelsLast: x.shape), dtype) : nil
        let ofWeight =
            norm.hasWeight && needs[1] ? Tensor(uninitialized: [channels, 3], dtype.realType) : nil
        let ofBias =
            norm.hasBias && needs[needs.count - 1] ? Tensor(uninitialized: [channels], dtype) : nil
        kernels.complexNormGradient(
            gradient.start, values.start, dtype, norm.plan(x.shape), means: means.start,
            covariances: covariances.start, epsilon: norm.epsilon,
            weight: weight?.start, bias: bias?.start, relu: norm.activation == .relu,
            constantMoments: norm.takesMoments, ofInput: ofInput?.base, ofWeight: ofWeight?.base,
            ofBias: ofBias?.base)
        var results: [Tensor] = []
        if let ofInput { results.append(ofInput) }
        if let ofWeight { results.append(ofWeight.converted(to: operands.weight!.dtype)) }
        if let ofBias { results.append(ofBias) }
        return results
    }
}

/// A normalisation's inputs by what they are.
private struct ComplexNormOperands {
    let x: Tensor
    let moments: (mean: Tensor, covariance: Tensor)?
    let weight: Tensor?
    let bias: Tensor?

    init(_ inputs: [Tensor], _ norm: ComplexNorm, takesMoments: Bool) {
        x = inputs[0]
        moments = takesMoments ? (inputs[1], inputs[2]) : nil
        weight = norm.hasWeight ? inputs[takesMoments ? 3 : 1] : nil
        bias = norm.hasBias ? inputs[inputs.count - 1] : nil
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

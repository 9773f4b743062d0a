import ApusKernelCalls

/// Batch, group and layer normalisation of complex numbers: γ·V^(-½)·(x - mean) + bias, where each number is
/// a vector of its parts, with the mean and covariance V of groups of channels, over the spatial axes and one
/// sample or all.
///
/// The inputs are x, the mean and the covariance if they are given, and what there is of γ and bias. Moments that are
/// not given are results behind the values, one of each sample's groups after the other: the mean, and three float64
/// numbers, the variance of the real parts, of the imaginary parts, and the covariance of both. No gradient flows to
/// given moments, nor from those computed here.
///
/// Source: Trabelsi et al., "Deep complex networks", 2018, section 3.5.
struct ComplexNorm: Primitive {
    let name: String
    let acrossSamples: Bool
    /// The number of groups: runs of channels, all of one length, that have moments of their own.
    let groups: Int
    let epsilon: Double
    var activation = FusedActivation.none
    /// Whether mean and covariance are given, as running statistics.
    var takesMoments = false
    let hasWeight: Bool
    let hasBias: Bool
    var types: TypeRule { .statistic }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = ComplexNormOperands(inputs, self, takesMoments: takesMoments)
        let x = operands.x
        let values = x.channelsLast()
        let (mean, covariance) = operands.moments ?? moments(x, values)
        let isSecondWay = x.count > 0 && !takesMoments && !areOrdinary(covariance, x.dtype)
        let result = isSecondWay ? inUnits(inputs) : normalized(values, mean, covariance, operands)
        return takesMoments ? [result] : [result, mean, covariance]
    }

    /// The moments of the input; zeros for an input without elements.
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

    func normalized(
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

    /// The results behind the values are for the gradient alone.
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
        // An input without elements has gradients of zeros, which tensor operations give.
        let found =
            GradientMode.current == .recording || x.count == 0
            ? composed(backward.gradient, operands, mean, covariance, average, knowsMoments: takesMoments)
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

    func average(_ values: [Tensor]) -> [Tensor] {
        values.map { $0.mean(axes: axes, keepDims: true) }
    }

    /// The same in tensor operations, to be differentiated again.
    ///
    /// - Parameters:
    ///   - averages: of several tensors over `axes`, which stay; those of all ranks where they are synchronized.
    ///   - knowsMoments: whether `mean` and `covariance` are taken; else they are computed again from x.
    func composed(
        _ gradient: Tensor, _ operands: ComplexNormOperands, _ mean: Tensor, _ covariance: Tensor,
        _ averages: ([Tensor]) -> [Tensor], knowsMoments: Bool
    ) -> [Tensor?] {
        let x = operands.x
        let type = x.dtype.realType
        let split = x.shape.grouped(groups)
        let (channels, size) = (x.shape[1], split[2])
        let parts = [x.real, x.imaginary].map { $0.reshape(split) }
        let means =
            knowsMoments
            ? [mean.real, mean.imaginary].map { $0.to(type).reshape([1, groups, 1, 1]) } : averages(parts)
        let d = PartTensors(re: parts[0] - means[0], im: parts[1] - means[1])
        let covariance =
            knowsMoments
            ? SymmetricTensors(covariance.to(type).reshape([1, groups, 1, 1, 3])) : covariances(d, averages)
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
            let found = averages([u.re * d.re, u.im * d.im, u.re * d.im + u.im * d.re, u.re, u.im])
            let ofWhitening = SymmetricTensors(rr: found[0], ii: found[1], ri: found[2] * 0.5)
            let slope = m.covarianceGradient(ofWhitening)
            let pulled = slope(d)
            ofInput =
                m(PartTensors(re: u.re - found[3], im: u.im - found[4]))
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
        if activation != .none && activation != .relu { return nil }
        var other = self
        other.activation = activation
        return other
    }
}

// What the values and both ways to their gradients share.
extension ComplexNorm {
    /// Stops the program where the input is not [batch, channels, …] of complex numbers or parameters do not fit it.
    static func check(
        _ operation: String, _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?, _ activation: FusedActivation,
        insteadCall other: String, _ site: CallSite
    ) {
        if activation != .none && activation != .relu {
            fail(
                operation, "applies no \(activation.rawValue) to complex numbers, only relu to both parts",
                at: site)
        }
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

    func plan(_ shape: Shape) -> ChannelGroups {
        let positions = Array(shape[2...]).elementCount
        return acrossSamples
            ? ChannelGroups(samples: 1, rows: shape[0] * positions, channels: shape[1], groups: groups)
            : ChannelGroups(samples: shape[0], rows: positions, channels: shape[1], groups: groups)
    }

    /// The axes of grouped images over which moments are taken.
    var axes: [Int] { acrossSamples ? [0, 2, 3] : [2, 3] }

    func covariances(_ d: PartTensors, _ averages: ([Tensor]) -> [Tensor]) -> SymmetricTensors {
        let found = averages([d.re * d.re, d.im * d.im, d.re * d.im])
        return SymmetricTensors(rr: found[0], ii: found[1], ri: found[2])
    }

    /// Whether determinants of these covariances, plus ε, are numbers.
    private func areOrdinary(_ covariance: Tensor, _ dtype: DType) -> Bool {
        let variances = covariance.narrow(axis: 1, start: 0, count: 2).sum(axis: 1)
        return (variances + 2 * epsilon).isWithin(
            dtype == .complex64 ? DType.float32.squarable.squared : DType.float64.squarable)
    }
}

/// The inputs of a normalization by name.
struct ComplexNormOperands {
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

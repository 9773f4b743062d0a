/// Root mean square normalisation of real numbers. The inputs are x and the weight if there is one; behind the
/// values the result is 1 / √(mean(x²) + ε) of each row, for the gradient.
struct RMSNorm: Primitive {
    let lastAxes: Int
    let epsilon: Double
    let hasWeight: Bool
    let name = "rmsNorm"
    var types: TypeRule { .statistic }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        let values = x.rowMajor()
        let (rows, length) = x.rowsAndLength(lastAxes)
        let result = Tensor(uninitialized: x.shape, values.dtype)
        let each = [x.count == 0 ? 0 : rows]
        let scales = Tensor(uninitialized: each, values.dtype)
        let weight = hasWeight ? inputs[1].rowMajor(values.dtype) : nil
        kernels.rmsNorm(
            values.start, values.dtype, rows: rows, length: length, weight: weight?.start,
            epsilon: epsilon, into: result.base, scales: scales.base)
        if areOrdinary(scales) { return [result.converted(to: x.dtype), scales] }
        // Scales of 0 tell the gradient that values were computed in units.
        return [inUnits(inputs), .zeros(each, dtype: values.dtype)]
    }

    /// The results behind the values are for the gradient alone.
    func isDifferentiable(result index: Int) -> Bool { index == 0 }

    func saved(for needs: [Bool]) -> Saved { [.inputs, .output(1)] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let count = backward.needs.count
        let inputs = (0..<count).map(backward.input)
        if backward.output(1).isFirstZero {
            return Tensor.pullback(backward, inputs: Array(0..<count), inUnits)
        }
        if GradientMode.current == .recording { return composed(backward.gradient, inputs) }
        let gradient = RMSNormGradient(norm: self, needs: backward.needs)
        let operands = [backward.gradient, inputs[0], backward.output(1)] + inputs.dropFirst()
        var found = Tensor.applyAll(gradient, to: operands, at: nil)[...]
        return backward.needs.map { $0 ? found.popFirst() : nil }
    }

    /// The gradients in tensor operations, to be differentiated again.
    private func composed(_ gradient: Tensor, _ inputs: [Tensor]) -> [Tensor?] {
        let x = inputs[0]
        let axes = Array((x.rank - lastAxes)..<x.rank)
        let scale = (x.square().mean(axes: axes, keepDims: true) + epsilon).rsqrt()
        let normal = x * scale
        let u = hasWeight ? gradient * inputs[1] : gradient
        var found: [Tensor?] = [scale * (u - normal * (u * normal).mean(axes: axes, keepDims: true))]
        if hasWeight { found.append((gradient * normal).summed(to: inputs[1].shape)) }
        return found
    }

    /// For complex numbers, and for values that are too large or too small to be squared.
    func inUnits(_ inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        let axes = Array((x.rank - lastAxes)..<x.rank)
        let type = x.dtype.computeType
        let normal = x.to(type).normalizedInUnits(axes: axes, epsilon: epsilon, centered: false)
        return (hasWeight ? normal * inputs[1].to(type) : normal).to(x.dtype)
    }

    /// Whether the values were neither too large nor too small to be squared.
    private func areOrdinary(_ scales: Tensor) -> Bool { scales.isWithin(scales.dtype.squarable.inverse) }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

/// Those of the gradients of x and weight that are wanted, for when they are not differentiated again.
///
/// The inputs are the gradient of the result, x, the rows' scales, and the weight if there is one.
struct RMSNormGradient: Primitive {
    let norm: RMSNorm
    /// Whether the gradient is wanted, for x and the weight.
    let needs: [Bool]
    let name = "rmsNormGradient"

    var attributes: [Attribute] { norm.attributes }
    var isDifferentiable: Bool { false }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let x = inputs[1]
        let (gradient, values) = (inputs[0].rowMajor(x.dtype), x.rowMajor())
        let dtype = values.dtype
        let scales = inputs[2].rowMajor(dtype)
        let weight = norm.hasWeight ? inputs[3].rowMajor(dtype) : nil
        let (rows, length) = x.rowsAndLength(norm.lastAxes)
        let ofInput = Tensor(uninitialized: x.shape, dtype)
        let ofWeight = Tensor(uninitialized: Array(x.shape[(x.rank - norm.lastAxes)...]), dtype)
        kernels.rmsNormGradient(
            gradient.start, values.start, dtype, rows: rows, length: length, weight: weight?.start,
            scales: scales.start, ofInput: ofInput.base, ofWeight: ofWeight.base)
        return zip(needs, [ofInput.converted(to: x.dtype), ofWeight]).filter(\.0).map(\.1)
    }
}

extension Tensor {
    /// Root mean square normalisation: x / √(mean(x²) + ε) · weight, over the last axes.
    ///
    /// Source: Zhang and Sennrich, "Root mean square layer normalization", 2019. Integers give float32. Of complex numbers
    /// the mean is that of the squares and not of the squared moduli, as PyTorch's: for random angles it is close to 0.
    ///
    /// - Parameters:
    ///   - lastAxes: over how many axes, counted from the end, the mean is taken.
    ///   - weight: in the shape of these axes.
    ///   - epsilon: by default the spacing of numbers at 1 in the type that is computed in, as PyTorch's.
    public func rmsNorm(
        lastAxes: Int = 1, weight: Tensor? = nil, epsilon: Double? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = promoted(by: .statistic)
        if lastAxes < 1 || lastAxes > rank {
            fail("rmsNorm", "\(lastAxes) last axes of a tensor of shape \(shape)", at: site)
        }
        let normalized = Array(shape[(rank - lastAxes)...])
        if !x.dtype.isComplex { weight?.requireReal("weight", "rmsNorm", site) }
        if let weight, weight.shape != normalized {
            fail("rmsNorm", "a weight of shape \(weight.shape) for axes of shape \(normalized)", at: site)
        }
        let spacing = x.dtype.realType == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
        let norm = RMSNorm(lastAxes: lastAxes, epsilon: epsilon ?? spacing, hasWeight: weight != nil)
        let inputs = [x].with(weight, nil)
        if !x.dtype.isComplex { return Tensor.applyAll(norm, to: inputs, at: site)[0] }
        return x.count == 0 ? x : norm.inUnits(inputs)
    }
}

extension Operation {
    static let rmsNorm = Operation(
        "rmsNorm",
        [
            Sample("F.rms_norm(x, (4,))", [Input([3, 4])]) { $0[0].rmsNorm() },
            Sample("F.rms_norm(x, (3, 4), y, 1e-3)", [Input([2, 3, 4]), Input([3, 4])]) {
                $0[0].rmsNorm(lastAxes: 2, weight: $0[1], epsilon: 1e-3)
            },
            Sample("F.rms_norm(x, (70,), y)", [Input([3, 70]), Input([70])]) {
                $0[0].rmsNorm(weight: $0[1])
            },
        ])
}

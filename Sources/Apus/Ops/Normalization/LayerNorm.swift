/// Layer normalisation. The inputs are x and what there is of weight and bias; behind the values the results are the
/// mean and 1 / √(variance + ε) of each row, for the gradient.
struct LayerNorm: Primitive {
    let lastAxes: Int
    let epsilon: Double
    let hasWeight: Bool
    let hasBias: Bool
    let name = "layerNorm"
    var types: TypeRule { .statistic }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        let values = x.rowMajor()
        let (rows, length) = x.rowsAndLength(lastAxes)
        let result = Tensor(uninitialized: x.shape, values.dtype)
        let each = [x.count == 0 ? 0 : rows]
        let means = Tensor(uninitialized: each, values.dtype)
        let scales = Tensor(uninitialized: each, values.dtype)
        let weight = weight(inputs)?.rowMajor(values.dtype)
        let bias = bias(inputs)?.rowMajor(values.dtype)
        kernels.layerNorm(
            values.start, values.dtype, rows: rows, length: length, weight: weight?.start,
            bias: bias?.start, epsilon: epsilon, into: result.base, means: means.base,
            scales: scales.base)
        if areOrdinary(scales) { return [result.converted(to: x.dtype), means, scales] }
        // Scales of 0 tell the gradient that values were computed in units.
        return [inUnits(inputs), .zeros(each, dtype: values.dtype), .zeros(each, dtype: values.dtype)]
    }

    /// The results behind the values are for the gradient alone.
    func isDifferentiable(result index: Int) -> Bool { index == 0 }

    func saved(for needs: [Bool]) -> Saved { [.inputs, .output(1), .output(2)] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let count = backward.needs.count
        let inputs = (0..<count).map(backward.input)
        if backward.output(2).isFirstZero {
            return Tensor.pullback(backward, inputs: Array(0..<count), inUnits)
        }
        if GradientMode.current == .recording { return composed(backward.gradient, inputs) }
        let gradient = LayerNormGradient(norm: self, needs: backward.needs)
        let (means, scales) = (backward.output(1), backward.output(2))
        if Observers.areNone {
            return gradient.found(backward.gradient, inputs[0], means, scales, weight(inputs))
        }
        var found = Tensor.applyAll(
            gradient, to: [backward.gradient, inputs[0], means, scales].with(weight(inputs), nil), at: nil)[
                ...]
        return backward.needs.map { $0 ? found.popFirst() : nil }
    }

    /// The gradients in tensor operations, to be differentiated again.
    private func composed(_ gradient: Tensor, _ inputs: [Tensor]) -> [Tensor?] {
        let (x, weight, bias) = (inputs[0], weight(inputs), bias(inputs))
        let axes = Array((x.rank - lastAxes)..<x.rank)
        let centered = x - x.mean(axes: axes, keepDims: true)
        let scale = ((centered * centered).mean(axes: axes, keepDims: true) + epsilon).rsqrt()
        let normal = centered * scale
        let u = weight.map { gradient * $0 } ?? gradient
        let ofInput =
            scale
            * (u - u.mean(axes: axes, keepDims: true)
                - normal * (u * normal).mean(axes: axes, keepDims: true))
        var found: [Tensor?] = [ofInput]
        if let weight { found.append((gradient * normal).summed(to: weight.shape)) }
        if let bias { found.append(gradient.summed(to: bias.shape)) }
        return found
    }

    /// For values that are too large or too small to be squared.
    private func inUnits(_ inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        let axes = Array((x.rank - lastAxes)..<x.rank)
        let type = x.dtype.computeType
        let normal = x.to(type).normalizedInUnits(axes: axes, epsilon: epsilon, centered: true)
        let scaled = weight(inputs).map { normal * $0.to(type) } ?? normal
        return (bias(inputs).map { scaled + $0.to(type) } ?? scaled).to(x.dtype)
    }

    /// Whether the values were neither too large nor too small to be squared.
    private func areOrdinary(_ scales: Tensor) -> Bool { scales.isWithin(scales.dtype.squarable.inverse) }

    private func weight(_ inputs: [Tensor]) -> Tensor? { hasWeight ? inputs[1] : nil }
    private func bias(_ inputs: [Tensor]) -> Tensor? { hasBias ? inputs[inputs.count - 1] : nil }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

/// Those of the gradients of x, weight and bias that are wanted, for when they are not differentiated again.
///
/// The inputs are the gradient of the result, x, the rows' means and scales, and the weight if there is one.
struct LayerNormGradient: Primitive {
    let norm: LayerNorm
    /// Whether the gradient is wanted, for x and each parameter.
    let needs: [Bool]
    let name = "layerNormGradient"

    var attributes: [Attribute] { norm.attributes }
    var isDifferentiable: Bool { false }

    func values(of inputs: [Tensor]) -> [Tensor] {
        found(inputs[0], inputs[1], inputs[2], inputs[3], norm.hasWeight ? inputs[4] : nil).compactMap { $0 }
    }

    /// The gradients of x and of each parameter, nil where they are not wanted.
    func found(
        _ gradient: Tensor, _ x: Tensor, _ means: Tensor, _ scales: Tensor, _ weight: Tensor?
    ) -> [Tensor?] {
        let (gradient, values) = (gradient.rowMajor(x.dtype), x.rowMajor())
        let dtype = values.dtype
        let weight = weight?.rowMajor(dtype)
        let (rows, length) = x.rowsAndLength(norm.lastAxes)
        let normalized = Array(x.shape[(x.rank - norm.lastAxes)...])
        let ofInput = Tensor(uninitialized: x.shape, dtype)
        func parameter(_ isWanted: Bool) -> Tensor? {
            isWanted ? Tensor(uninitialized: normalized, dtype) : nil
        }
        let ofWeight = parameter(norm.hasWeight && needs[1])
        let ofBias = parameter(norm.hasBias && needs[needs.count - 1])
        kernels.layerNormGradient(
            gradient.start, values.start, dtype, rows: rows, length: length, weight: weight?.start,
            means: means.start, scales: scales.start, ofInput: ofInput.base, ofWeight: ofWeight?.base,
            ofBias: ofBias?.base)
        withExtendedLifetime((gradient, values, weight)) {}
        var found: [Tensor?] = [needs[0] ? ofInput.converted(to: x.dtype) : nil]
        if norm.hasWeight { found.append(ofWeight) }
        if norm.hasBias { found.append(ofBias) }
        return found
    }
}

extension Tensor {
    /// Layer normalisation: (x - mean) / √(variance + ε) · weight + bias, over the last axes.
    ///
    /// Source: Ba, Kiros and Hinton, "Layer normalization", 2016. Integers give float32. Values whose squares leave the
    /// range of their type are normalised all the same, more slowly.
    ///
    /// - Parameters:
    ///   - lastAxes: over how many axes, counted from the end, mean and variance are taken.
    ///   - weight: in the shape of these axes.
    ///   - bias: in the shape of these axes.
    public func layerNorm(
        lastAxes: Int = 1, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = realFloating("layerNorm", insteadCall: "complexLayerNorm", site)
        if lastAxes < 1 || lastAxes > rank {
            fail("layerNorm", "\(lastAxes) last axes of a tensor of shape \(shape)", at: site)
        }
        let normalized = Array(shape[(rank - lastAxes)...])
        for (name, parameter) in [("weight", weight), ("bias", bias)] {
            parameter?.requireReal(name, "layerNorm", site)
            if let parameter, parameter.shape != normalized {
                fail(
                    "layerNorm", "a \(name) of shape \(parameter.shape) for axes of shape \(normalized)",
                    at: site)
            }
        }
        let norm = LayerNorm(
            lastAxes: lastAxes, epsilon: epsilon, hasWeight: weight != nil, hasBias: bias != nil)
        return Tensor.applyAll(norm, to: [x].with(weight, bias), at: site)[0]
    }

    /// Whether the first element of a normalization's scales is 0; this reads one value.
    var isFirstZero: Bool {
        if count == 0 { return false }
        return dtype == .float64 ? element(0) == 0.0 : element(0) == Float(0)
    }

    /// How many rows the axes before the last ones make, and how many elements a row has.
    func rowsAndLength(_ lastAxes: Int) -> (rows: Int, length: Int) {
        let split = rank - lastAxes
        return (Array(shape[..<split]).elementCount, Array(shape[split...]).elementCount)
    }
}

extension Operation {
    static let layerNorm = Operation(
        "layerNorm", dtypes: DType.realFloating,
        [
            Sample("F.layer_norm(x, (4,))", [Input([3, 4])]) { $0[0].layerNorm() },
            Sample(
                "F.layer_norm(x, (3, 4), y, z, 1e-3)", [Input([2, 3, 4]), Input([3, 4]), Input([3, 4])]
            ) {
                $0[0].layerNorm(lastAxes: 2, weight: $0[1], bias: $0[2], epsilon: 1e-3)
            },
            Sample("F.layer_norm(x, (70,), y)", [Input([3, 70]), Input([70])]) {
                $0[0].layerNorm(weight: $0[1])
            },
        ])
}

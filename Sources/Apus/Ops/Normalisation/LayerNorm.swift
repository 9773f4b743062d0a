import ApusKernels

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
        let x = realFloating("layerNorm", site)
        if lastAxes < 1 || lastAxes > rank {
            fail("layerNorm", "\(lastAxes) last axes of a tensor of shape \(shape)", at: site)
        }
        let normalised = Array(shape[(rank - lastAxes)...])
        for (name, parameter) in [("weight", weight), ("bias", bias)] {
            parameter?.requireReal(name, "layerNorm", site)
            if let parameter, parameter.shape != normalised {
                fail(
                    "layerNorm", "a \(name) of shape \(parameter.shape) for axes of shape \(normalised)",
                    at: site)
            }
        }
        return LayerNorm(lastAxes: lastAxes, epsilon: epsilon).callAsFunction(x, weight, bias)
    }
}

private struct LayerNorm: Sendable {
    let lastAxes: Int
    let epsilon: Double

    func callAsFunction(_ x: Tensor, _ weight: Tensor?, _ bias: Tensor?) -> Tensor {
        let values = x.rowMajor()
        let (rows, length) = rowsAndLength(x)
        let result = Tensor(uninitialized: x.shape, values.dtype)
        let means = Tensor(uninitialized: [rows], values.dtype)
        let scales = Tensor(uninitialized: [rows], values.dtype)
        let (weightValues, biasValues) = (weight?.rowMajor(values.dtype), bias?.rowMajor(values.dtype))
        Kernels.layerNorm(
            values.start, values.dtype, rows: rows, length: length, weight: weightValues?.start,
            bias: biasValues?.start, epsilon: epsilon, into: result.base, means: means.base,
            scales: scales.base)
        if x.count > 0, !scales.isWithin(values.dtype.squarable.inverse) { return inUnits(x, weight, bias) }
        // An input that is missing gets no gradient: any tensor without history stands for it.
        let inputs = [x, weight ?? means, bias ?? means]
        return x.record("layerNorm", result.converted(to: x.dtype), inputs, elementwise: true) { backward in
            if GradientMode.current == .recording { return composed(backward, x, weight, bias) }
            return fused(backward, x, weight, means, scales)
        }
    }

    /// For values that are too large or too small to be squared.
    private func inUnits(_ x: Tensor, _ weight: Tensor?, _ bias: Tensor?) -> Tensor {
        let axes = Array((x.rank - lastAxes)..<x.rank)
        let type = x.dtype.computeType
        let normal = x.to(type).normalisedInUnits(axes: axes, epsilon: epsilon, centred: true)
        let scaled = weight.map { normal * $0.to(type) } ?? normal
        return (bias.map { scaled + $0.to(type) } ?? scaled).to(x.dtype)
    }

    private func rowsAndLength(_ x: Tensor) -> (Int, Int) {
        let split = x.rank - lastAxes
        return (Array(x.shape[..<split]).elementCount, Array(x.shape[split...]).elementCount)
    }

    private func fused(
        _ backward: Backward, _ x: Tensor, _ weight: Tensor?, _ means: Tensor, _ scales: Tensor
    ) -> [Tensor?] {
        let (values, gradient) = (x.rowMajor(), backward.gradient.rowMajor(x.dtype))
        let (rows, length) = rowsAndLength(x)
        let normalised = Array(x.shape[(x.rank - lastAxes)...])
        let ofInput = Tensor(uninitialized: x.shape, values.dtype)
        let ofWeight = Tensor(uninitialized: normalised, values.dtype)
        let ofBias = Tensor(uninitialized: normalised, values.dtype)
        let weightValues = weight?.rowMajor(values.dtype)
        Kernels.layerNormGradient(
            gradient.start, values.start, values.dtype, rows: rows, length: length,
            weight: weightValues?.start, means: means.start, scales: scales.start, ofInput: ofInput.base,
            ofWeight: ofWeight.base, ofBias: ofBias.base)
        return [ofInput.converted(to: x.dtype), ofWeight, ofBias]
    }

    /// The same in tensor operations, to be differentiated again.
    private func composed(_ backward: Backward, _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?) -> [Tensor?]
    {
        let gradient = backward.gradient
        let axes = Array((x.rank - lastAxes)..<x.rank)
        let centred = x - x.mean(axes: axes, keepDims: true)
        let scale = ((centred * centred).mean(axes: axes, keepDims: true) + epsilon).rsqrt()
        let normal = centred * scale
        let u = weight.map { gradient * $0 } ?? gradient
        let ofInput =
            scale
            * (u - u.mean(axes: axes, keepDims: true)
                - normal * (u * normal).mean(axes: axes, keepDims: true))
        return [
            ofInput, weight.map { (gradient * normal).summed(to: $0.shape) },
            bias.map { gradient.summed(to: $0.shape) },
        ]
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

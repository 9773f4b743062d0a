import ApusKernels

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
        let x = floatingPoint
        if lastAxes < 1 || lastAxes > rank {
            fail("rmsNorm", "\(lastAxes) last axes of a tensor of shape \(shape)", at: site)
        }
        let normalised = Array(shape[(rank - lastAxes)...])
        if !x.dtype.isComplex { weight?.requireReal("weight", "rmsNorm", site) }
        if let weight, weight.shape != normalised {
            fail("rmsNorm", "a weight of shape \(weight.shape) for axes of shape \(normalised)", at: site)
        }
        let spacing = x.dtype.realType == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
        let norm = RMSNorm(lastAxes: lastAxes, epsilon: epsilon ?? spacing)
        if !x.dtype.isComplex { return norm(x, weight) }
        return x.count == 0 ? x : norm.inUnits(x, weight)
    }
}

private struct RMSNorm: Sendable {
    let lastAxes: Int
    let epsilon: Double

    func callAsFunction(_ x: Tensor, _ weight: Tensor?) -> Tensor {
        let values = x.rowMajor()
        let (rows, length) = rowsAndLength(x)
        let result = Tensor(uninitialized: x.shape, values.dtype)
        let scales = Tensor(uninitialized: [rows], values.dtype)
        let weightValues = weight?.rowMajor(values.dtype)
        Kernels.rmsNorm(
            values.start, values.dtype, rows: rows, length: length, weight: weightValues?.start,
            epsilon: epsilon, into: result.base, scales: scales.base)
        if x.count > 0, !scales.isWithin(values.dtype.squarable.inverse) { return inUnits(x, weight) }
        // A missing weight gets no gradient: any tensor without history stands for it.
        return x.record("rmsNorm", result.converted(to: x.dtype), [x, weight ?? scales], elementwise: true) {
            backward in
            if GradientMode.current == .recording { return composed(backward, x, weight) }
            return fused(backward, x, weight, scales)
        }
    }

    /// For complex numbers, and for values that are too large or too small to be squared.
    func inUnits(_ x: Tensor, _ weight: Tensor?) -> Tensor {
        let axes = Array((x.rank - lastAxes)..<x.rank)
        let type = x.dtype.computeType
        let normal = x.to(type).normalisedInUnits(axes: axes, epsilon: epsilon, centred: false)
        return (weight.map { normal * $0.to(type) } ?? normal).to(x.dtype)
    }

    private func rowsAndLength(_ x: Tensor) -> (Int, Int) {
        let split = x.rank - lastAxes
        return (Array(x.shape[..<split]).elementCount, Array(x.shape[split...]).elementCount)
    }

    private func fused(_ backward: Backward, _ x: Tensor, _ weight: Tensor?, _ scales: Tensor) -> [Tensor?] {
        let (values, gradient) = (x.rowMajor(), backward.gradient.rowMajor(x.dtype))
        let (rows, length) = rowsAndLength(x)
        let ofInput = Tensor(uninitialized: x.shape, values.dtype)
        let ofWeight = Tensor(uninitialized: Array(x.shape[(x.rank - lastAxes)...]), values.dtype)
        let weightValues = weight?.rowMajor(values.dtype)
        Kernels.rmsNormGradient(
            gradient.start, values.start, values.dtype, rows: rows, length: length,
            weight: weightValues?.start, scales: scales.start, ofInput: ofInput.base, ofWeight: ofWeight.base)
        return [ofInput.converted(to: x.dtype), weight.map { ofWeight.converted(to: $0.dtype) }]
    }

    /// The same in tensor operations, to be differentiated again.
    private func composed(_ backward: Backward, _ x: Tensor, _ weight: Tensor?) -> [Tensor?] {
        let gradient = backward.gradient
        let axes = Array((x.rank - lastAxes)..<x.rank)
        let scale = (x.square().mean(axes: axes, keepDims: true) + epsilon).rsqrt()
        let normal = x * scale
        let u = weight.map { gradient * $0 } ?? gradient
        return [
            scale * (u - normal * (u * normal).mean(axes: axes, keepDims: true)),
            weight.map { (gradient * normal).summed(to: $0.shape) },
        ]
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

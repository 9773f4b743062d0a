import ApusKernels

extension Tensor {
    /// exp(x) / Σ exp(x) along an axis, computed with the maximum subtracted.
    ///
    /// Integers give float32. An infinite maximum gives NaN; -infinity next to finite elements gives 0.
    public func softmax(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = realFloating("softmax", site)
        let axis = rowAxis(axis, "softmax", site)
        let result = x.softmaxValues(axis, logarithm: false)
        let recorded = record("softmax", result, [x], savesOutput: true) {
            [Tensor.softmaxGradient($0.gradient, $0.output, axis)]
        }
        recorded.node?.reach = { .mixture(axis: axis) }
        return recorded
    }

    func softmaxValues(_ axis: Int, logarithm: Bool) -> Tensor {
        let x = rowMajor()
        let result = Tensor(uninitialized: shape, x.dtype)
        Kernels.softmax(x.start, into: result.base, x.dtype, split(axis), logarithm: logarithm)
        return result.converted(to: dtype)
    }

    /// The gradient of a softmax's input from that of its result `y`: y (g - Σ g y).
    static func softmaxGradient(_ gradient: Tensor, _ y: Tensor, _ axis: Int) -> Tensor {
        let values = softmaxGradientValues(gradient, y, axis, logarithm: false)
        return record("softmaxGradient", values, [gradient, y]) { backward in
            let u = backward.gradient
            let axes = y.rank == 0 ? [] : [axis]
            return [
                backward.needs[0] ? softmaxGradient(u, y, axis) : nil,
                backward.needs[1]
                    ? u * (gradient - (gradient * y).sum(axes: axes, keepDims: true))
                        - gradient * (u * y).sum(axes: axes, keepDims: true) : nil,
            ]
        }
    }

    static func softmaxGradientValues(_ gradient: Tensor, _ y: Tensor, _ axis: Int, logarithm: Bool) -> Tensor
    {
        let (g, rows) = (gradient.rowMajor(y.dtype), y.rowMajor())
        let result = Tensor(uninitialized: y.shape, rows.dtype)
        Kernels.softmaxGradient(
            g.start, rows.start, into: result.base, rows.dtype, y.split(axis), logarithm: logarithm)
        return result.converted(to: y.dtype)
    }
}

extension Operation {
    static let softmax = Operation(
        "softmax", dtypes: DType.realFloating,
        [
            Sample("torch.softmax(x, -1)", [Input([3, 4])]) { $0[0].softmax() },
            Sample("torch.softmax(x, 1)", [Input([2, 3, 4])]) { $0[0].softmax(axis: 1) },
            Sample("torch.softmax(x, 1)", [Input([3, 70], -20, 20)]) { $0[0].softmax(axis: 1) },
        ])
}

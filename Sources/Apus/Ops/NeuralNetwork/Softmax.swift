struct Softmax: SingleResult {
    let axis: Int
    var name: String { "softmax" }
    var types: TypeRule { .statistic }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].softmaxValues(axis, logarithm: false) }
    func saved(for needs: [Bool]) -> Saved { .output }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [Tensor.apply(SoftmaxGradient(axis: axis), to: [backward.gradient, backward.output], at: nil)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .mixture(axis: axis) }
}

/// The gradient g of a softmax's input from that of its result y: y (g - Σ g y).
struct SoftmaxGradient: SingleResult {
    let axis: Int
    var name: String { "softmaxGradient" }

    func value(of inputs: [Tensor]) -> Tensor {
        Tensor.softmaxGradientValues(inputs[0], inputs[1], axis, logarithm: false)
    }

    func saved(for needs: [Bool]) -> Saved { .inputs }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (u, gradient, y) = (backward.gradient, backward.input(0), backward.input(1))
        let axes = y.rank == 0 ? [] : [axis]
        return [
            backward.needs[0] ? Tensor.apply(self, to: [u, y], at: nil) : nil,
            backward.needs[1]
                ? u * (gradient - (gradient * y).sum(axes: axes, keepDims: true))
                    - gradient * (u * y).sum(axes: axes, keepDims: true) : nil,
        ]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .mixture(axis: axis) }
}

extension Tensor {
    /// exp(x) / Σ exp(x) along an axis, computed with the maximum subtracted.
    ///
    /// Integers give float32. An infinite maximum gives NaN; -infinity next to finite elements gives 0.
    public func softmax(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = realFloating("softmax", site)
        let axis = rowAxis(axis, "softmax", site)
        return Tensor.apply(Softmax(axis: axis), to: [x], at: site)
    }

    func softmaxValues(_ axis: Int, logarithm: Bool) -> Tensor {
        let x = rowMajor()
        let result = Tensor(uninitialized: shape, x.dtype)
        kernels.softmax(x.start, into: result.base, x.dtype, split(axis), logarithm: logarithm)
        return result.converted(to: dtype)
    }

    static func softmaxGradientValues(_ gradient: Tensor, _ y: Tensor, _ axis: Int, logarithm: Bool) -> Tensor
    {
        let (g, rows) = (gradient.rowMajor(y.dtype), y.rowMajor())
        let result = Tensor(uninitialized: y.shape, rows.dtype)
        kernels.softmaxGradient(
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

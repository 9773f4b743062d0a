struct LogSoftmax: SingleResult {
    let axis: Int
    let name = "logSoftmax"
    var types: TypeRule { .statistic }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].softmaxValues(axis, logarithm: true) }
    func saved(for needs: [Bool]) -> Saved { .output }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [Tensor.apply(LogSoftmaxGradient(axis: axis), to: [backward.gradient, backward.output], at: nil)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .mixture(axis: axis) }
}

/// The gradient g of a logarithmic softmax's input from that of its result y: g - exp(y) Σ g.
private struct LogSoftmaxGradient: SingleResult {
    let axis: Int
    let name = "logSoftmaxGradient"

    func value(of inputs: [Tensor]) -> Tensor {
        Tensor.softmaxGradientValues(inputs[0], inputs[1], axis, logarithm: true)
    }

    func saved(for needs: [Bool]) -> Saved { needs[1] ? .inputs : .input(1) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (u, y) = (backward.gradient, backward.input(1))
        let axes = y.rank == 0 ? [] : [axis]
        let weighted = u * y.exp()
        return [
            backward.needs[0] ? u - weighted.sum(axes: axes, keepDims: true) : nil,
            backward.needs[1] ? -weighted * backward.input(0).sum(axes: axes, keepDims: true) : nil,
        ]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .mixture(axis: axis) }
}

extension Tensor {
    /// x - log Σ exp(x) along an axis, computed with the maximum subtracted.
    ///
    /// Integers give float32.
    public func logSoftmax(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = realFloating("logSoftmax", site)
        let axis = rowAxis(axis, "logSoftmax", site)
        return Tensor.apply(LogSoftmax(axis: axis), to: [x], at: site)
    }
}

extension Operation {
    static let logSoftmax = Operation(
        "logSoftmax", dtypes: DType.realFloating,
        [
            Sample("torch.log_softmax(x, -1)", [Input([3, 4])]) { $0[0].logSoftmax() },
            Sample("torch.log_softmax(x, 1)", [Input([2, 3, 4])]) { $0[0].logSoftmax(axis: 1) },
            Sample("torch.log_softmax(x, 1)", [Input([3, 70], -20, 20)]) { $0[0].logSoftmax(axis: 1) },
        ])
}

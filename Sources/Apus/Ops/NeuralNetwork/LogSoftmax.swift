import ApusKernels

extension Tensor {
    /// x - log Σ exp(x) along an axis, computed with the maximum subtracted.
    ///
    /// Integers give float32.
    public func logSoftmax(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = realFloating("logSoftmax", site)
        let axis = rowAxis(axis, "logSoftmax", site)
        let result = x.softmaxValues(axis, logarithm: true)
        let recorded = record("logSoftmax", result, [x], savesOutput: true) {
            [Tensor.logSoftmaxGradient($0.gradient, $0.output, axis)]
        }
        recorded.node?.reach = { .mixture(axis: axis) }
        return recorded
    }

    /// The gradient of a logarithmic softmax's input from that of its result `y`: g - exp(y) Σ g.
    private static func logSoftmaxGradient(_ gradient: Tensor, _ y: Tensor, _ axis: Int) -> Tensor {
        let values = softmaxGradientValues(gradient, y, axis, logarithm: true)
        return record("logSoftmaxGradient", values, [gradient, y]) { backward in
            let axes = y.rank == 0 ? [] : [axis]
            let weighted = backward.gradient * y.exp()
            return [
                backward.needs[0] ? backward.gradient - weighted.sum(axes: axes, keepDims: true) : nil,
                backward.needs[1] ? -weighted * gradient.sum(axes: axes, keepDims: true) : nil,
            ]
        }
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

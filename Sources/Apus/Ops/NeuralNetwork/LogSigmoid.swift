import ApusKernels

extension Tensor {
    /// log(sigmoid(x)), without underflow: min(x, 0) - log(1 + e^-|x|).
    public func logSigmoid() -> Tensor {
        elementwise(
            Kernels.logSigmoid, floating: true,
            .input { gradient, x in Tensor.elementwise(.logSigmoidGradient, gradient, x) })
    }
}

extension BinaryRule {
    /// g sigmoid(-x)
    fileprivate static let logSigmoidGradient: BinaryRule = .init(
        Kernels.logSigmoidGradient,
        a: Partial(.b) { gradient, saved in Tensor.elementwise(.logSigmoidGradient, gradient, saved.b) },
        b: Partial([.a, .b]) { gradient, saved in
            let s = saved.b.sigmoid()
            return -(gradient * saved.a) * (s * (1 - s))
        })
}

extension Operation {
    static let logSigmoid = Operation(
        "logSigmoid", dtypes: DType.realFloating,
        [
            Sample("F.logsigmoid(x)", [Input([3, 4], -4, 4)]) { $0[0].logSigmoid() }
        ])
}

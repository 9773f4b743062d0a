import ApusKernelCalls

struct LogSigmoid: UnaryPrimitive {
    static let kernel = Kernels.logSigmoid
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        Tensor.elementwise(LogSigmoidGradient(), backward.gradient, backward.input(0))
    }
}

/// g sigmoid(-x)
private struct LogSigmoidGradient: BinaryPrimitive {
    static let kernel = Kernels.logSigmoidGradient
    static let savedForFirst = BinaryOperands.Uses.b
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.elementwise(LogSigmoidGradient(), gradient, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        let s = saved.b.sigmoid()
        return -(gradient * saved.a) * (s * (1 - s))
    }
}

extension Tensor {
    /// log(sigmoid(x)), without underflow: min(x, 0) - log(1 + e^-|x|).
    public func logSigmoid() -> Tensor { elementwise(LogSigmoid()) }
}

extension Operation {
    static let logSigmoid = Operation(
        "logSigmoid", dtypes: DType.realFloating,
        [
            Sample("F.logsigmoid(x)", [Input([3, 4], -4, 4)]) { $0[0].logSigmoid() }
        ])
}

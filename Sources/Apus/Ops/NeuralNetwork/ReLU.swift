import ApusKernelCalls

struct ReLU: UnaryPrimitive {
    static let kernel = Kernels.relu
    static let complexCounterpart: String? = "crelu(), zrelu() or modReLU(bias:)"
    static let saved = Saved.output

    func gradient(_ backward: Backward) -> Tensor {
        Tensor.elementwise(ReLUGradient(), backward.gradient, backward.output.detach())
    }
}

extension ReLU: ActivationPrimitive {
    var activation: FusedActivation { .relu }
}

/// The gradient where the result is positive, else 0: its own gradient in the result is 0.
struct ReLUGradient: BinaryPrimitive {
    static let kernel = Kernels.reluGradient
    static let savedForFirst = BinaryOperands.Uses.b

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.elementwise(ReLUGradient(), gradient, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? { nil }
}

extension Tensor {
    /// max(x, 0); NaN stays.
    public func relu() -> Tensor { elementwise(ReLU()) }
}

extension Operation {
    static let relu = Operation(
        "relu", dtypes: DType.realFloating + DType.integers,
        [
            Sample("F.relu(x)", [Input([3, 4])]) { $0[0].relu() }
        ])
}

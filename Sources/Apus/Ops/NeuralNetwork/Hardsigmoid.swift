import ApusKernelCalls

struct Hardsigmoid: UnaryPrimitive {
    static let kernel = Kernels.hardsigmoid
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        Tensor.elementwise(HardsigmoidGradient(), backward.gradient, backward.input(0).detach())
    }
}

/// The gradient, which is constant between the corners and 0 outside: its own gradient in the input is 0.
private struct HardsigmoidGradient: BinaryPrimitive {
    static let kernel = Kernels.hardsigmoidGradient
    static let savedForFirst = BinaryOperands.Uses.b

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.elementwise(HardsigmoidGradient(), gradient, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? { nil }
}

extension Tensor {
    /// min(max(x + 3, 0), 6) / 6.
    public func hardsigmoid() -> Tensor { elementwise(Hardsigmoid()) }
}

extension Operation {
    static let hardsigmoid = Operation(
        "hardsigmoid", dtypes: DType.realFloating,
        [
            Sample("torch.clamp(x + 3, 0, 6) / 6", [Input([3, 4], -4, 4)]) { $0[0].hardsigmoid() }
        ])
}

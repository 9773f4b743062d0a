import ApusKernelCalls

struct Hardswish: UnaryPrimitive {
    static let kernel = Kernels.hardswish
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        Tensor.elementwise(HardswishGradient(), backward.gradient, backward.input(0))
    }
}

extension Hardswish: ActivationPrimitive {
    var activation: FusedActivation { .hardswish }
}

private struct HardswishGradient: BinaryPrimitive {
    static let kernel = Kernels.hardswishGradient
    static let savedForFirst = BinaryOperands.Uses.b
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.elementwise(HardswishGradient(), gradient, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        let curved = (saved.b .> -3) .& (saved.b .< 3)
        return (gradient * saved.a / 3).maskedFill(.!curved, 0)
    }
}

extension Tensor {
    /// x min(max(x + 3, 0), 6) / 6 (Howard et al., 2019).
    public func hardswish() -> Tensor { elementwise(Hardswish()) }
}

extension Operation {
    static let hardswish = Operation(
        "hardswish", dtypes: DType.realFloating,
        [
            Sample("F.hardswish(x)", [Input([3, 4], -4, 4)]) { $0[0].hardswish() }
        ])
}

import ApusKernelCalls

struct SiLU: UnaryPrimitive {
    static let kernel = Kernels.silu
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        Tensor.elementwise(SiLUGradient(), backward.gradient, backward.input(0))
    }
}

extension SiLU: ActivationPrimitive {
    var activation: FusedActivation { .silu }
}

private struct SiLUGradient: BinaryPrimitive {
    static let kernel = Kernels.siluGradient
    static let savedForFirst = BinaryOperands.Uses.b
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.elementwise(SiLUGradient(), gradient, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        // s'(2 + x(1 - 2s)), s the sigmoid
        let s = saved.b.sigmoid()
        let bend = saved.b * (1 - 2 * s) + 2
        return gradient * saved.a * (s * (1 - s) * bend)
    }
}

extension Tensor {
    /// x times sigmoid(x), also called swish (Elfwing et al., 2017).
    public func silu() -> Tensor { dtype.isComplex ? self * sigmoid() : elementwise(SiLU()) }
}

extension Operation {
    static let silu = Operation(
        "silu", dtypes: DType.realFloating,
        [
            Sample("F.silu(x)", [Input([3, 4], -4, 4)]) { $0[0].silu() }
        ])
}

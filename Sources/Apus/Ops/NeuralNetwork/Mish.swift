import ApusKernelCalls

struct Mish: UnaryPrimitive {
    static let kernel = Kernels.mish
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        Tensor.elementwise(MishGradient(), backward.gradient, backward.input(0))
    }
}

private struct MishGradient: BinaryPrimitive {
    static let kernel = Kernels.mishGradient
    static let savedForFirst = BinaryOperands.Uses.b
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.elementwise(MishGradient(), gradient, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        // 2t' + x t'', t = tanh(softplus x), t' = (1 - t²)s, t'' = (1 - t²)s(1 - s) - 2 t t' s
        let t = saved.b.softplus().tanh()
        let s = saved.b.sigmoid()
        let t1 = (1 - t.square()) * s
        let t2 = t1 * (1 - s) - 2 * t * t1 * s
        return gradient * saved.a * (2 * t1 + saved.b * t2)
    }
}

extension Tensor {
    /// x tanh(log(1 + eˣ)) (Misra, 2019).
    public func mish() -> Tensor { elementwise(Mish()) }
}

extension Operation {
    static let mish = Operation(
        "mish", dtypes: DType.realFloating,
        [
            Sample("F.mish(x)", [Input([3, 4], -4, 4)]) { $0[0].mish() }
        ])
}

import ApusKernelCalls

struct Tanh: UnaryPrimitive {
    static let kernel = Kernels.tanh
    static let saved = Saved.output
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        Tensor.elementwise(TanhGradient(), backward.gradient, backward.output)
    }
}

/// g (1 - y²)*, for y = tanh x.
struct TanhGradient: BinaryPrimitive {
    static let kernel = Kernels.tanhGradient
    static let savedForFirst = BinaryOperands.Uses.b
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.elementwise(TanhGradient(), gradient, saved.b.conjugate())
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        -2 * gradient.conjugate() * saved.a * saved.b.conjugate()
    }
}

extension Tensor {
    /// The hyperbolic tangent.
    public func tanh() -> Tensor { elementwise(Tanh()) }
}

/// The hyperbolic tangent.
public func tanh(_ x: Tensor) -> Tensor { x.tanh() }

extension Operation {
    static let tanh = Operation(
        "tanh",
        [
            Sample("torch.tanh(x)", [Input([3, 4])]) { $0[0].tanh() }
        ])
}

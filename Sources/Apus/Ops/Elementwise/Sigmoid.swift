import ApusKernelCalls

struct Sigmoid: UnaryPrimitive {
    static let kernel = Kernels.sigmoid
    static let saved = Saved.output
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        Tensor.elementwise(SigmoidGradient(), backward.gradient, backward.output)
    }
}

/// g (y - y²)*, for y = sigmoid x.
struct SigmoidGradient: BinaryPrimitive {
    static let kernel = Kernels.sigmoidGradient
    static let savedForFirst = BinaryOperands.Uses.b
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.elementwise(SigmoidGradient(), gradient, saved.b.conjugate())
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient.conjugate() * saved.a * (1 - 2 * saved.b).conjugate()
    }
}

extension Tensor {
    /// The logistic function 1 / (1 + e⁻ˣ).
    public func sigmoid() -> Tensor { elementwise(Sigmoid()) }
}

/// The logistic function 1 / (1 + e⁻ˣ).
public func sigmoid(_ x: Tensor) -> Tensor { x.sigmoid() }

extension Operation {
    static let sigmoid = Operation(
        "sigmoid",
        [
            Sample("torch.sigmoid(x)", [Input([3, 4])]) { $0[0].sigmoid() }
        ])
}

import ApusKernelCalls

struct Exp: UnaryPrimitive {
    static let kernel = Kernels.exp
    static let saved = Saved.output
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor { backward.gradient * backward.output.conjugate() }
}

extension Tensor {
    /// e to the power of each element.
    public func exp() -> Tensor { elementwise(Exp()) }
}

/// e to the power of each element.
public func exp(_ x: Tensor) -> Tensor { x.exp() }

extension Operation {
    static let exp = Operation(
        "exp",
        [
            Sample("torch.exp(x)", [Input([3, 4])]) { $0[0].exp() }
        ])
}

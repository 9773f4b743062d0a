import ApusKernelCalls

struct Expm1: UnaryPrimitive {
    static let kernel = Kernels.expm1
    static let saved = Saved.input(0)
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor {
        // Not the result plus 1, which has lost the digits of a small eˣ.
        backward.gradient * backward.input(0).exp().conjugate()
    }
}

extension Tensor {
    /// eˣ - 1, exact for small x too.
    public func expm1() -> Tensor { elementwise(Expm1()) }
}

extension Operation {
    static let expm1 = Operation(
        "expm1",
        [
            Sample("torch.expm1(x)", [Input([3, 4])]) { $0[0].expm1() }
        ])
}

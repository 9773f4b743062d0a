import ApusKernelCalls

struct Sinh: UnaryPrimitive {
    static let kernel = Kernels.sinh
    static let saved = Saved.input(0)
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor { backward.gradient * backward.input(0).cosh().conjugate() }
}

extension Tensor {
    /// The hyperbolic sine.
    public func sinh() -> Tensor { elementwise(Sinh()) }
}

extension Operation {
    static let sinh = Operation(
        "sinh",
        [
            Sample("torch.sinh(x)", [Input([3, 4])]) { $0[0].sinh() }
        ])
}

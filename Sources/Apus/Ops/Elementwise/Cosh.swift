import ApusKernelCalls

struct Cosh: UnaryPrimitive {
    static let kernel = Kernels.cosh
    static let saved = Saved.input(0)
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor { backward.gradient * backward.input(0).sinh().conjugate() }
}

extension Tensor {
    /// The hyperbolic cosine.
    public func cosh() -> Tensor { elementwise(Cosh()) }
}

extension Operation {
    static let cosh = Operation(
        "cosh",
        [
            Sample("torch.cosh(x)", [Input([3, 4])]) { $0[0].cosh() }
        ])
}

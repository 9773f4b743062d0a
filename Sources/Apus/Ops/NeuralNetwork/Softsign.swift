import ApusKernelCalls

struct Softsign: UnaryPrimitive {
    static let kernel = Kernels.softsign
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        backward.gradient / (backward.input(0).abs() + 1).square()
    }
}

extension Tensor {
    /// x / (1 + |x|) of each element.
    public func softsign() -> Tensor { dtype.isComplex ? self / (abs() + 1) : elementwise(Softsign()) }
}

extension Operation {
    static let softsign = Operation(
        "softsign",
        [Sample("F.softsign(x)", [Input([3, 4])]) { $0[0].softsign() }])
}

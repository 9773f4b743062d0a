import ApusKernelCalls

struct Erf: UnaryPrimitive {
    static let kernel = Kernels.erf
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        backward.gradient * (1.1283791670955126 * (-backward.input(0).square()).exp())
    }
}

extension Tensor {
    /// The error function 2/√π ∫₀ˣ exp(-t²) dt.
    public func erf() -> Tensor { elementwise(Erf()) }
}

extension Operation {
    static let erf = Operation(
        "erf", dtypes: DType.realFloating,
        [
            Sample("torch.erf(x)", [Input([3, 4])]) { $0[0].erf() }
        ])
}

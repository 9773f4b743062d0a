import ApusKernelCalls

struct Frac: UnaryPrimitive {
    static let kernel = Kernels.frac
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor { backward.gradient }
}

extension Tensor {
    /// What `trunc` leaves: x - trunc(x), with the sign of x.
    public func frac() -> Tensor { elementwise(Frac()) }
}

extension Operation {
    static let frac = Operation(
        "frac", dtypes: DType.realFloating,
        [
            Sample("torch.frac(x)", [Input([3, 4])]) { $0[0].frac() }
        ])
}

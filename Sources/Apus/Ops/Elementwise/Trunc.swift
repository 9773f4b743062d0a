import ApusKernelCalls

struct Trunc: UnaryStep {
    static let kernel = Kernels.trunc
}

extension Tensor {
    /// The integer part, towards zero; its gradient is zero.
    public func trunc() -> Tensor {
        elementwise(Trunc())
    }
}

extension Operation {
    static let trunc = Operation(
        "trunc", dtypes: DType.real.filter { $0 != .bool },
        [
            Sample("torch.trunc(x)", [Input([3, 4])]) { $0[0].trunc() }
        ])
}

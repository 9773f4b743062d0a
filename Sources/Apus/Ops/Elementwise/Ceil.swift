import ApusKernelCalls

struct Ceil: UnaryStep {
    static let kernel = Kernels.ceil
}

extension Tensor {
    /// The least integer not below each element; its gradient is zero.
    public func ceil() -> Tensor {
        elementwise(Ceil())
    }
}

extension Operation {
    static let ceil = Operation(
        "ceil", dtypes: DType.real.filter { $0 != .bool },
        [
            Sample("torch.ceil(x)", [Input([3, 4])]) { $0[0].ceil() }
        ])
}

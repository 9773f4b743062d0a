import ApusKernels

extension Tensor {
    /// The least integer not below each element; its gradient is zero.
    public func ceil() -> Tensor {
        elementwise(Kernels.ceil, .linear { .zeros(like: $0) })
    }
}

extension Operation {
    static let ceil = Operation(
        "ceil", dtypes: DType.real.filter { $0 != .bool },
        [
            Sample("torch.ceil(x)", [Input([3, 4])]) { $0[0].ceil() }
        ])
}

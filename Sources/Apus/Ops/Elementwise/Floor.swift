import ApusKernelCalls

struct Floor: UnaryStep {
    static let kernel = Kernels.floor
}

extension Tensor {
    /// The greatest integer not above each element; its gradient is zero.
    public func floor() -> Tensor {
        elementwise(Floor())
    }
}

extension Operation {
    static let floor = Operation(
        "floor", dtypes: DType.real.filter { $0 != .bool },
        [
            Sample("torch.floor(x)", [Input([3, 4])]) { $0[0].floor() }
        ])
}

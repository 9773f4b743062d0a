import ApusKernels

extension Tensor {
    /// The nearest integer, ties to the even one; its gradient is zero.
    public func round() -> Tensor {
        elementwise(Kernels.round, .linear { .zeros(like: $0) })
    }
}

extension Operation {
    static let round = Operation(
        "round", dtypes: DType.real.filter { $0 != .bool },
        [
            Sample("torch.round(x)", [Input([3, 4])]) { $0[0].round() }
        ])
}

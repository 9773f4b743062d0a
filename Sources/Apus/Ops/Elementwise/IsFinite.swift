import ApusKernelCalls

struct IsFinite: UnaryTest {
    static let kernel = Kernels.isFinite
}

extension Tensor {
    /// True where an element is neither infinite nor NaN (for a complex one, where both parts are so).
    public func isFinite() -> Tensor {
        elementwise(IsFinite())
    }
}

extension Operation {
    static let isFinite = Operation(
        "isFinite", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.isfinite(x)", [Input([3, 4])]) { $0[0].isFinite() }
        ])
}

import ApusKernelCalls

struct IsNaN: UnaryTest {
    static let kernel = Kernels.isNaN
}

extension Tensor {
    /// True where an element is not a number (for a complex one, where either part is not).
    public func isNaN() -> Tensor {
        elementwise(IsNaN())
    }
}

extension Operation {
    static let isNaN = Operation(
        "isNaN", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.isnan(x)", [Input([3, 4])]) { $0[0].isNaN() }
        ])
}

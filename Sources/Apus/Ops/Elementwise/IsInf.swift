import ApusKernelCalls

struct IsInf: UnaryTest {
    static let kernel = Kernels.isInf
}

extension Tensor {
    /// True where an element is infinite (for a complex one, where either part is).
    public func isInf() -> Tensor {
        elementwise(IsInf())
    }
}

extension Operation {
    static let isInf = Operation(
        "isInf", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.isinf(x)", [Input([3, 4])]) { $0[0].isInf() }
        ])
}

import ApusKernelCalls

struct LogicalNot: UnaryTest {
    static let kernel = Kernels.logicalNot
}

extension Tensor {
    /// True where an element is zero.
    public func logicalNot() -> Tensor { elementwise(LogicalNot()) }

    /// True where an element is zero.
    public static prefix func .! (x: Tensor) -> Tensor { x.logicalNot() }
}

extension Operation {
    static let logicalNot = Operation(
        "logicalNot", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.logical_not(x)", [Input([3, 4])]) { .!$0[0] }
        ])
}

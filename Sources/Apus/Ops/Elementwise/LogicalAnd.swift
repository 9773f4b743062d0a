import ApusKernelCalls

struct LogicalAnd: BinaryTest {
    static let kernel = Kernels.logicalAnd
}

extension Tensor {
    /// True where both corresponding elements are non-zero, with broadcasting.
    public func logicalAnd(_ other: Tensor) -> Tensor { Tensor.elementwise(LogicalAnd(), self, other) }

    /// True where both corresponding elements are non-zero, with broadcasting.
    public static func .& (a: Tensor, b: Tensor) -> Tensor { elementwise(LogicalAnd(), a, b) }
}

extension Operation {
    static let logicalAnd = Operation(
        "logicalAnd", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.logical_and(x, y)", [Input([3, 4]), Input([3, 4])]) { $0[0] .& $0[1] }
        ])
}

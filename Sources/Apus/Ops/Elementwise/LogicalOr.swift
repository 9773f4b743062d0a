import ApusKernelCalls

struct LogicalOr: BinaryTest {
    static let kernel = Kernels.logicalOr
}

extension Tensor {
    /// True where at least one of two corresponding elements is non-zero, with broadcasting.
    public func logicalOr(_ other: Tensor) -> Tensor { Tensor.elementwise(LogicalOr(), self, other) }

    /// True where at least one of two corresponding elements is non-zero, with broadcasting.
    public static func .| (a: Tensor, b: Tensor) -> Tensor { elementwise(LogicalOr(), a, b) }
}

extension Operation {
    static let logicalOr = Operation(
        "logicalOr", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.logical_or(x, y)", [Input([3, 4]), Input([3, 4])]) { $0[0] .| $0[1] }
        ])
}

import ApusKernelCalls

struct LogicalXor: BinaryTest {
    static let kernel = Kernels.logicalXor
}

extension Tensor {
    /// True where exactly one of two corresponding elements is non-zero, with broadcasting.
    public func logicalXor(_ other: Tensor) -> Tensor { Tensor.elementwise(LogicalXor(), self, other) }

    /// True where exactly one of two corresponding elements is non-zero, with broadcasting.
    public static func .^ (a: Tensor, b: Tensor) -> Tensor { elementwise(LogicalXor(), a, b) }
}

extension Operation {
    static let logicalXor = Operation(
        "logicalXor", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.logical_xor(x, y)", [Input([3, 4]), Input([3, 4])]) { $0[0] .^ $0[1] }
        ])
}

import ApusKernelCalls

struct BitwiseXor: BinaryTest {
    static let kernel = Kernels.bitwiseXor
}

extension Tensor {
    /// Bits set in exactly one of two corresponding integers, with broadcasting; for booleans the logical operation.
    public static func ^ (a: Tensor, b: Tensor) -> Tensor { elementwise(BitwiseXor(), a, b) }
    /// Bits set in either each integer or a number, not in both; of booleans, whether they differ.
    public static func ^ <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(BitwiseXor(), a, b) }
    /// Bits set in either a number or each integer, not in both; of booleans, whether they differ.
    public static func ^ <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(BitwiseXor(), a, b) }

    /// Flips the bits of `a` that are set in `b`, which broadcasts to its shape.
    public static func ^= (a: inout Tensor, b: Tensor) { a.update(BitwiseXor(), b) }
    /// Flips the bits of each integer that are set in a number.
    public static func ^= <S: TensorScalar>(a: inout Tensor, b: S) { a.update(BitwiseXor(), b) }
}

extension Operation {
    static let bitwiseXor = Operation(
        "bitwiseXor", dtypes: [.bool] + DType.integers, isDifferentiable: false,
        [
            Sample("x ^ y", [Input([3, 4], 0, 100), Input([3, 4], 0, 100)]) { $0[0] ^ $0[1] }
        ])
}

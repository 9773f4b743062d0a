import ApusKernelCalls

struct BitwiseOr: BinaryTest {
    static let kernel = Kernels.bitwiseOr
}

extension Tensor {
    /// Bits set in either of two corresponding integers, with broadcasting; for booleans the logical operation.
    public static func | (a: Tensor, b: Tensor) -> Tensor { elementwise(BitwiseOr(), a, b) }
    /// Bits set in each integer or a number; of booleans, whether either is true.
    public static func | <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(BitwiseOr(), a, b) }
    /// Bits set in a number or each integer; of booleans, whether either is true.
    public static func | <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(BitwiseOr(), a, b) }

    /// Sets the bits of `a` that are set in `b`, which broadcasts to its shape.
    public static func |= (a: inout Tensor, b: Tensor) { a.update(BitwiseOr(), b) }
    /// Sets the bits of each integer that are set in a number.
    public static func |= <S: TensorScalar>(a: inout Tensor, b: S) { a.update(BitwiseOr(), b) }
}

extension Operation {
    static let bitwiseOr = Operation(
        "bitwiseOr", dtypes: [.bool] + DType.integers, isDifferentiable: false,
        [
            Sample("x | y", [Input([3, 4], 0, 100), Input([3, 4], 0, 100)]) { $0[0] | $0[1] }
        ])
}

import ApusKernelCalls

struct BitwiseAnd: BinaryTest {
    static let kernel = Kernels.bitwiseAnd
}

extension Tensor {
    /// Bits set in both of two corresponding integers, with broadcasting; for booleans the logical operation.
    public static func & (a: Tensor, b: Tensor) -> Tensor { elementwise(BitwiseAnd(), a, b) }
    /// Bits set in both each integer and a number; of booleans, whether both are true.
    public static func & <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(BitwiseAnd(), a, b) }
    /// Bits set in both a number and each integer; of booleans, whether both are true.
    public static func & <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(BitwiseAnd(), a, b) }

    /// Keeps the bits of `a` that are set in `b`, which broadcasts to its shape.
    public static func &= (a: inout Tensor, b: Tensor) { a.update(BitwiseAnd(), b) }
    /// Keeps the bits of each integer that are set in a number.
    public static func &= <S: TensorScalar>(a: inout Tensor, b: S) { a.update(BitwiseAnd(), b) }
}

extension Operation {
    static let bitwiseAnd = Operation(
        "bitwiseAnd", dtypes: [.bool] + DType.integers, isDifferentiable: false,
        [
            Sample("x & y", [Input([3, 4], 0, 100), Input([3, 4], 0, 100)]) { $0[0] & $0[1] }
        ])
}

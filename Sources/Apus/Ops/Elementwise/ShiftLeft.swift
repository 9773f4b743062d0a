import ApusKernelCalls

struct ShiftLeft: BinaryTest {
    static let kernel = Kernels.shiftLeft
}

extension Tensor {
    /// Integers times 2 to the power of `b`; a negative count, or one past the width, leaves 0.
    public static func << (a: Tensor, b: Tensor) -> Tensor { elementwise(ShiftLeft(), a, b) }
    /// Each integer times 2 to the power of `b`; a negative count, or one past the width, leaves 0.
    public static func << <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(ShiftLeft(), a, b) }
    /// A number times 2 to the power of each integer; a negative count, or one past the width, leaves 0.
    public static func << <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(ShiftLeft(), a, b) }

    /// Multiplies the integers of `a` by 2 to the power of those of `b`, which broadcasts to its shape.
    public static func <<= (a: inout Tensor, b: Tensor) { a.update(ShiftLeft(), b) }
    /// Multiplies the integers of `a` by 2 to the power of `b`.
    public static func <<= <S: TensorScalar>(a: inout Tensor, b: S) { a.update(ShiftLeft(), b) }
}

extension Operation {
    static let shiftLeft = Operation(
        "shiftLeft", dtypes: DType.integers, isDifferentiable: false,
        [
            Sample("x << y", [Input([3, 4], 0, 100), Input([3, 4], 0, 5)]) { $0[0] << $0[1] }
        ])
}

import ApusKernelCalls

struct ShiftRight: BinaryTest {
    static let kernel = Kernels.shiftRight
}

extension Tensor {
    /// Integers divided by 2 to the power of `b`, rounded down; a count past the width leaves the sign.
    public static func >> (a: Tensor, b: Tensor) -> Tensor { elementwise(ShiftRight(), a, b) }
    /// Each integer divided by 2 to the power of `b`, rounded down; a count past the width leaves the sign.
    public static func >> <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(ShiftRight(), a, b) }
    /// A number divided by 2 to the power of each integer, rounded down; a count past the width leaves the sign.
    public static func >> <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(ShiftRight(), a, b) }

    /// Divides the integers of `a` by 2 to the power of those of `b`, which broadcasts to its shape, rounding down.
    public static func >>= (a: inout Tensor, b: Tensor) { a.update(ShiftRight(), b) }
    /// Divides the integers of `a` by 2 to the power of `b`, rounding down.
    public static func >>= <S: TensorScalar>(a: inout Tensor, b: S) { a.update(ShiftRight(), b) }
}

extension Operation {
    static let shiftRight = Operation(
        "shiftRight", dtypes: DType.integers, isDifferentiable: false,
        [
            Sample("x >> y", [Input([3, 4], 0, 100), Input([3, 4], 0, 5)]) { $0[0] >> $0[1] }
        ])
}

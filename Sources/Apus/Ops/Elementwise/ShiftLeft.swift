import ApusKernels

extension BinaryRule {
    static let shiftLeft = BinaryRule(
        Kernels.shiftLeft)
}

extension Tensor {
    /// Integers times 2 to the power of `b`; a negative count, or one past the width, leaves 0.
    public static func << (a: Tensor, b: Tensor) -> Tensor { elementwise(.shiftLeft, a, b) }
    public static func << <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(.shiftLeft, a, b) }
    public static func << <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(.shiftLeft, a, b) }

    public static func <<= (a: inout Tensor, b: Tensor) { a.update(.shiftLeft, b) }
    public static func <<= <S: TensorScalar>(a: inout Tensor, b: S) { a.update(.shiftLeft, b) }
}

extension Operation {
    static let shiftLeft = Operation(
        "shiftLeft", dtypes: DType.integers, isDifferentiable: false,
        [
            Sample("x << y", [Input([3, 4], 0, 100), Input([3, 4], 0, 5)]) { $0[0] << $0[1] }
        ])
}

import ApusKernels

extension BinaryRule {
    static let multiply = BinaryRule(
        Kernels.multiply,
        a: Partial(.b) { gradient, saved in gradient * saved.b.conjugate() },
        b: Partial(.a) { gradient, saved in gradient * saved.a.conjugate() })
}

extension Tensor {
    /// The product of corresponding elements, with broadcasting.
    public static func * (a: Tensor, b: Tensor) -> Tensor { elementwise(.multiply, a, b) }
    public static func * <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(.multiply, a, b) }
    public static func * <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(.multiply, a, b) }

    public static func *= (a: inout Tensor, b: Tensor) { a.update(.multiply, b) }
    public static func *= <S: TensorScalar>(a: inout Tensor, b: S) { a.update(.multiply, b) }
}

extension Operation {
    static let multiply = Operation(
        "multiply", dtypes: DType.everything,
        [
            Sample("x * y", [Input([3, 4]), Input([3, 4])]) { $0[0] * $0[1] },
            Sample("x * y", [Input([2, 3, 4]), Input([3, 1])]) { $0[0] * $0[1] },
            Sample("x * 2.5", [Input([3, 4])]) { $0[0] * 2.5 },
        ])
}

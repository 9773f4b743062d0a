import ApusKernels

extension BinaryRule {
    static let remainder = BinaryRule(
        Kernels.remainder,
        a: .passed,
        b: Partial([.a, .b]) { gradient, saved in -gradient * saved.a.floorDivide(saved.b) })
}

extension Tensor {
    /// What division leaves, with the sign of the divisor, as in Python: a - b ⌊a / b⌋.
    ///
    /// An integer divided by zero leaves 0.
    public static func % (a: Tensor, b: Tensor) -> Tensor { elementwise(.remainder, a, b) }
    public static func % <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(.remainder, a, b) }
    public static func % <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(.remainder, a, b) }

    public static func %= (a: inout Tensor, b: Tensor) { a.update(.remainder, b) }
    public static func %= <S: TensorScalar>(a: inout Tensor, b: S) { a.update(.remainder, b) }
}

extension Operation {
    static let remainder = Operation(
        "remainder", dtypes: DType.realFloating,
        [
            Sample("torch.remainder(x, y)", [Input([3, 4]), Input([3, 4], 0.5, 2)]) { $0[0] % $0[1] },
            Sample("torch.remainder(x, 0.75)", [Input([3, 4])]) { $0[0] % 0.75 },
        ])
}

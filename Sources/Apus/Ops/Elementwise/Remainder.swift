import ApusKernelCalls

struct Remainder: BinaryPrimitive {
    static let kernel = Kernels.remainder
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        -gradient * saved.a.floorDivide(saved.b)
    }
}

extension Tensor {
    /// What division leaves, with the sign of the divisor, as in Python: a - b ⌊a / b⌋.
    ///
    /// An integer divided by zero leaves 0.
    public static func % (a: Tensor, b: Tensor) -> Tensor { elementwise(Remainder(), a, b) }
    /// What dividing each element by a number leaves, with the sign of the number.
    public static func % <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(Remainder(), a, b) }
    /// What dividing a number by each element leaves, with the sign of the element.
    public static func % <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(Remainder(), a, b) }

    /// Replaces `a` by what division by `b`, broadcast to its shape, leaves: in place, unless its memory is shared or a
    /// gradient is recorded.
    public static func %= (a: inout Tensor, b: Tensor) { a.update(Remainder(), b) }
    /// Replaces each element of `a` by what division by a number leaves.
    public static func %= <S: TensorScalar>(a: inout Tensor, b: S) { a.update(Remainder(), b) }
}

extension Operation {
    static let remainder = Operation(
        "remainder", dtypes: DType.realFloating,
        [
            Sample("torch.remainder(x, y)", [Input([3, 4]), Input([3, 4], 0.5, 2)]) { $0[0] % $0[1] },
            Sample("torch.remainder(x, 0.75)", [Input([3, 4])]) { $0[0] % 0.75 },
        ])
}

import ApusKernelCalls

struct Divide: BinaryPrimitive {
    static let kernel = Kernels.divide
    static let savedForFirst = BinaryOperands.Uses.b
    static let savedForSecond: BinaryOperands.Uses = [.b, .output]
    var types: TypeRule { .function }

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient / saved.b.conjugate()
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        -gradient * (saved.output / saved.b).conjugate()
    }
}

extension Tensor {
    /// The quotient of corresponding elements, with broadcasting; integers give float32.
    public static func / (a: Tensor, b: Tensor) -> Tensor { elementwise(Divide(), a, b) }
    /// Each element divided by a number, in the type of a floating-point tensor; integers give float32.
    public static func / <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(Divide(), a, b) }
    /// A number divided by each element, in the type of a floating-point tensor; integers give float32.
    public static func / <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(Divide(), a, b) }

    /// Divides by `b`, broadcast to the shape of `a`: in place, unless its memory is shared or a gradient is recorded.
    /// The program stops where `a` holds integers, or its shape cannot hold the quotient.
    public static func /= (a: inout Tensor, b: Tensor) { a.update(Divide(), b) }
    /// Divides each element of `a`, which cannot hold integers, by a number.
    public static func /= <S: TensorScalar>(a: inout Tensor, b: S) { a.update(Divide(), b) }
}

extension Operation {
    static let divide = Operation(
        "divide",
        [
            Sample("x / y", [Input([3, 4]), Input([3, 4], 0.5, 2)]) { $0[0] / $0[1] },
            Sample("x / y", [Input([2, 3, 4]), Input([3, 1], 0.5, 2)]) { $0[0] / $0[1] },
            Sample("2.5 / x", [Input([3, 4], 0.5, 2)]) { 2.5 / $0[0] },
        ])
}

import ApusKernelCalls

struct Multiply: BinaryPrimitive {
    static let kernel = Kernels.multiply
    static let savedForFirst = BinaryOperands.Uses.b
    static let savedForSecond = BinaryOperands.Uses.a

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient * saved.b.conjugate()
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient * saved.a.conjugate()
    }
}

extension Tensor {
    /// The product of corresponding elements, with broadcasting.
    public static func * (a: Tensor, b: Tensor) -> Tensor { elementwise(Multiply(), a, b) }
    /// Each element times a number, in the type of the tensor; beside integers a fraction gives float32.
    public static func * <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(Multiply(), a, b) }
    /// A number times each element, in the type of the tensor; beside integers a fraction gives float32.
    public static func * <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(Multiply(), a, b) }

    /// Multiplies by `b`, broadcast to the shape of `a`: in place, unless its memory is shared or a gradient is
    /// recorded. The program stops where the shape or the type of `a` cannot hold the product.
    public static func *= (a: inout Tensor, b: Tensor) { a.update(Multiply(), b) }
    /// Multiplies each element of `a` by a number; integers cannot take a fraction.
    public static func *= <S: TensorScalar>(a: inout Tensor, b: S) { a.update(Multiply(), b) }
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

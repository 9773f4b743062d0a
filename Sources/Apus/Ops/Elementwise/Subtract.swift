import ApusKernelCalls

struct Subtract: BinaryPrimitive {
    static let kernel = Kernels.subtract
    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? { gradient }
    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? { -gradient }
}

extension Tensor {
    /// The difference of corresponding elements, with broadcasting.
    public static func - (a: Tensor, b: Tensor) -> Tensor { elementwise(Subtract(), a, b) }
    /// Each element less a number, in the type of the tensor; beside integers a fraction gives float32.
    public static func - <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(Subtract(), a, b) }
    /// A number less each element, in the type of the tensor; beside integers a fraction gives float32.
    public static func - <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(Subtract(), a, b) }

    /// Subtracts `b`, broadcast to the shape of `a`: in place, unless its memory is shared or a gradient is recorded.
    /// The program stops where the shape or the type of `a` cannot hold the difference.
    public static func -= (a: inout Tensor, b: Tensor) { a.update(Subtract(), b) }
    /// Subtracts a number from each element of `a`; integers cannot take a fraction.
    public static func -= <S: TensorScalar>(a: inout Tensor, b: S) { a.update(Subtract(), b) }
}

extension Operation {
    static let subtract = Operation(
        "subtract", dtypes: DType.numeric,
        [
            Sample("x - y", [Input([3, 4]), Input([3, 4])]) { $0[0] - $0[1] },
            Sample("x - y", [Input([3, 1]), Input([2, 3, 4])]) { $0[0] - $0[1] },
            Sample("2.5 - x", [Input([3, 4])]) { 2.5 - $0[0] },
        ])
}

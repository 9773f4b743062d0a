import ApusKernels

struct Subtract: BinaryPrimitive {
    static let kernel = Kernels.subtract
    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? { gradient }
    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? { -gradient }
}

extension Tensor {
    /// The difference of corresponding elements, with broadcasting.
    public static func - (a: Tensor, b: Tensor) -> Tensor { elementwise(Subtract(), a, b) }
    public static func - <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(Subtract(), a, b) }
    public static func - <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(Subtract(), a, b) }

    public static func -= (a: inout Tensor, b: Tensor) { a.update(Subtract(), b) }
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

import ApusKernels

extension Tensor {
    /// The product of corresponding elements, with broadcasting.
    public static func * (a: Tensor, b: Tensor) -> Tensor {
        elementwise(Kernels.multiply, a, b) { backward, a, b in
            (
                backward.needs[0] ? backward.gradient * b.conjugate() : nil,
                backward.needs[1] ? backward.gradient * a.conjugate() : nil
            )
        }
    }

    public static func * <S: TensorScalar>(a: Tensor, b: S) -> Tensor { a * a.weak(b) }
    public static func * <S: TensorScalar>(a: S, b: Tensor) -> Tensor { b.weak(a) * b }

    public static func *= (a: inout Tensor, b: Tensor) { a.update(Kernels.multiply, b) { $0 * $1 } }
    public static func *= <S: TensorScalar>(a: inout Tensor, b: S) { a *= a.weak(b) }
}

extension Operation {
    static let multiply = Operation(
        "multiply", dtypes: DType.everything,
        [
            Sample("x * y", [Input([3, 4]), Input([3, 4])]) { $0[0] * $0[1] },
            Sample("x * y", [Input([2, 3, 4]), Input([3, 1])]) { $0[0] * $0[1] },
        ])
}

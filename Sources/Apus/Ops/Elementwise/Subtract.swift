import ApusKernels

extension Tensor {
    /// The difference of corresponding elements, with broadcasting.
    public static func - (a: Tensor, b: Tensor) -> Tensor {
        elementwise(Kernels.subtract, a, b) { backward, _, _ in
            (backward.gradient, backward.needs[1] ? -backward.gradient : nil)
        }
    }

    public static func - <S: TensorScalar>(a: Tensor, b: S) -> Tensor { a - a.weak(b) }
    public static func - <S: TensorScalar>(a: S, b: Tensor) -> Tensor { b.weak(a) - b }

    public static func -= (a: inout Tensor, b: Tensor) { a.update(Kernels.subtract, b) { $0 - $1 } }
    public static func -= <S: TensorScalar>(a: inout Tensor, b: S) { a -= a.weak(b) }
}

extension Operation {
    static let subtract = Operation(
        "subtract", dtypes: DType.numeric,
        [
            Sample("x - y", [Input([3, 4]), Input([3, 4])]) { $0[0] - $0[1] },
            Sample("x - y", [Input([3, 1]), Input([2, 3, 4])]) { $0[0] - $0[1] },
        ])
}

import ApusKernels

extension BinaryRule {
    static let add = BinaryRule(
        Kernels.add, a: .passed, b: .passed)
}

extension Tensor {
    /// The sum of corresponding elements, with broadcasting.
    public static func + (a: Tensor, b: Tensor) -> Tensor { elementwise(.add, a, b) }
    public static func + <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(.add, a, b) }
    public static func + <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(.add, a, b) }

    public static func += (a: inout Tensor, b: Tensor) { a.update(.add, b) }
    public static func += <S: TensorScalar>(a: inout Tensor, b: S) { a.update(.add, b) }
}

extension Operation {
    static let add = Operation(
        "add", dtypes: DType.everything,
        [
            Sample("x + y", [Input([3, 4]), Input([3, 4])]) { $0[0] + $0[1] },
            Sample("x + y", [Input([2, 3, 4]), Input([3, 1])]) { $0[0] + $0[1] },
            Sample("x + 2.5", [Input([3, 4])]) { $0[0] + 2.5 },
        ])
}

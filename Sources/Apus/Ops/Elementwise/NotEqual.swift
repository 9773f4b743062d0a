import ApusKernelCalls

struct NotEqual: BinaryTest {
    static let kernel = Kernels.notEqual
    static let roundsNumber = true
}

extension Tensor {
    /// True where corresponding elements differ, with broadcasting.
    public static func .!= (a: Tensor, b: Tensor) -> Tensor { elementwise(NotEqual(), a, b) }
    /// True where elements differ from a number; 16-bit tensors compare with the number rounded to their type.
    public static func .!= <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(NotEqual(), a, b) }
    /// True where a number differs from elements; 16-bit tensors compare with the number rounded to their type.
    public static func .!= <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(NotEqual(), a, b) }
}

extension Operation {
    static let notEqual = Operation(
        "notEqual", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("x != y", [Input([3, 4]), Input([3, 4])]) { $0[0] .!= $0[1] },
            Sample("x != y", [Input([2, 3, 4]), Input([3, 1])]) { $0[0] .!= $0[1] },
            Sample("x != 1", [Input([3, 4])]) { $0[0] .!= 1 },
        ])
}

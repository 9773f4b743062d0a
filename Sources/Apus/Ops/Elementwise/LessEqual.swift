import ApusKernelCalls

struct LessEqual: BinaryTest {
    static let kernel = Kernels.lessEqual
    static let roundsNumber = true
}

extension Tensor {
    /// True where corresponding elements of `a` are at most those of `b`, with broadcasting.
    ///
    /// Complex numbers have no order and trap.
    public static func .<= (a: Tensor, b: Tensor) -> Tensor { elementwise(LessEqual(), a, b) }
    /// True where elements are at most a number; 16-bit tensors compare with the number rounded to their type.
    public static func .<= <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(LessEqual(), a, b) }
    /// True where a number is at most elements; 16-bit tensors compare with the number rounded to their type.
    public static func .<= <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(LessEqual(), a, b) }
}

extension Operation {
    static let lessEqual = Operation(
        "lessEqual", dtypes: DType.real, isDifferentiable: false,
        [
            Sample("x <= y", [Input([3, 4]), Input([3, 4])]) { $0[0] .<= $0[1] },
            Sample("x <= y", [Input([2, 3, 4]), Input([3, 1])]) { $0[0] .<= $0[1] },
            Sample("x <= 1", [Input([3, 4])]) { $0[0] .<= 1 },
        ])
}

import ApusKernelCalls

struct GreaterEqual: BinaryTest {
    static let kernel = Kernels.greaterEqual
    static let roundsNumber = true
}

extension Tensor {
    /// True where corresponding elements of `a` are at least those of `b`, with broadcasting.
    ///
    /// Complex numbers have no order and trap.
    public static func .>= (a: Tensor, b: Tensor) -> Tensor { elementwise(GreaterEqual(), a, b) }
    /// True where elements are at least a number; 16-bit tensors compare with the number rounded to their type.
    public static func .>= <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(GreaterEqual(), a, b) }
    /// True where a number is at least elements; 16-bit tensors compare with the number rounded to their type.
    public static func .>= <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(GreaterEqual(), a, b) }
}

extension Operation {
    static let greaterEqual = Operation(
        "greaterEqual", dtypes: DType.real, isDifferentiable: false,
        [
            Sample("x >= y", [Input([3, 4]), Input([3, 4])]) { $0[0] .>= $0[1] },
            Sample("x >= y", [Input([2, 3, 4]), Input([3, 1])]) { $0[0] .>= $0[1] },
            Sample("x >= 1", [Input([3, 4])]) { $0[0] .>= 1 },
        ])
}

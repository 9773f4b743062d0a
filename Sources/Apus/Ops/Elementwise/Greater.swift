import ApusKernelCalls

struct Greater: BinaryTest {
    static let kernel = Kernels.greater
    static let roundsNumber = true
}

extension Tensor {
    /// True where corresponding elements of `a` are greater than those of `b`, with broadcasting.
    ///
    /// Complex numbers have no order and trap.
    public static func .> (a: Tensor, b: Tensor) -> Tensor { elementwise(Greater(), a, b) }
    /// True where elements are greater than a number; 16-bit tensors compare with the number rounded to their type.
    public static func .> <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(Greater(), a, b) }
    /// True where a number is greater than elements; 16-bit tensors compare with the number rounded to their type.
    public static func .> <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(Greater(), a, b) }
}

extension Operation {
    static let greater = Operation(
        "greater", dtypes: DType.real, isDifferentiable: false,
        [
            Sample("x > y", [Input([3, 4]), Input([3, 4])]) { $0[0] .> $0[1] },
            Sample("x > y", [Input([2, 3, 4]), Input([3, 1])]) { $0[0] .> $0[1] },
            Sample("x > 1", [Input([3, 4])]) { $0[0] .> 1 },
        ])
}

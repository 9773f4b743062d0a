import ApusKernelCalls

struct Equal: BinaryTest {
    static let kernel = Kernels.equal
    static let roundsNumber = true
}

extension Tensor {
    /// True where corresponding elements are equal, with broadcasting.
    public static func .== (a: Tensor, b: Tensor) -> Tensor { elementwise(Equal(), a, b) }
    /// True where elements equal a number; 16-bit tensors compare with the number rounded to their type.
    public static func .== <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(Equal(), a, b) }
    /// True where a number equals elements; 16-bit tensors compare with the number rounded to their type.
    public static func .== <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(Equal(), a, b) }
}

extension Operation {
    static let equal = Operation(
        "equal", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("x == y", [Input([3, 4]), Input([3, 4])]) { $0[0] .== $0[1] },
            Sample("x == y", [Input([2, 3, 4]), Input([3, 1])]) { $0[0] .== $0[1] },
            Sample("x == 1", [Input([3, 4])]) { $0[0] .== 1 },
        ])
}

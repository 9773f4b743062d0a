import ApusKernelCalls

struct BitwiseNot: UnaryTest {
    static let kernel = Kernels.bitwiseNot
}

extension Tensor {
    /// Integers with every bit inverted; for booleans `not`.
    public static prefix func ~ (x: Tensor) -> Tensor { x.elementwise(BitwiseNot()) }
}

extension Operation {
    static let bitwiseNot = Operation(
        "bitwiseNot", dtypes: [.bool] + DType.integers, isDifferentiable: false,
        [
            Sample("~x", [Input([3, 4], 0, 100)]) { ~$0[0] }
        ])
}

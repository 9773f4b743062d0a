import ApusKernels

extension Tensor {
    /// The elements with their sign changed; unsigned integers wrap around.
    public static prefix func - (x: Tensor) -> Tensor {
        x.elementwise(Kernels.negate, .linear { -$0 })
    }
}

extension Operation {
    static let negate = Operation(
        "negate", dtypes: DType.numeric,
        [
            Sample("-x", [Input([3, 4])]) { -$0[0] }
        ])
}

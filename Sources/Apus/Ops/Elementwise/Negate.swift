import ApusKernels

extension Tensor {
    /// The elements with their sign changed.
    public static prefix func - (x: Tensor) -> Tensor {
        x.elementwise(Kernels.negate) { gradient, _, _ in -gradient }
    }
}

extension Operation {
    static let negate = Operation(
        "negate", dtypes: DType.numeric, [Sample("-x", [Input([3, 4])]) { -$0[0] }])
}

import ApusKernelCalls

struct Negate: UnaryPrimitive {
    static let kernel = Kernels.negate

    func gradient(_ backward: Backward) -> Tensor { -backward.gradient }
}

extension Tensor {
    /// The elements with their sign changed; unsigned integers wrap around.
    public static prefix func - (x: Tensor) -> Tensor { x.elementwise(Negate()) }
}

extension Operation {
    static let negate = Operation(
        "negate", dtypes: DType.numeric,
        [
            Sample("-x", [Input([3, 4])]) { -$0[0] }
        ])
}

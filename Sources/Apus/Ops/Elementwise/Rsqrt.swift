import ApusKernels

extension Tensor {
    /// The reciprocal of the square root.
    public func rsqrt() -> Tensor {
        elementwise(
            Kernels.rsqrt, floating: true,
            // One factor at a time: the cube may overflow where the product does not.
            .output { gradient, y in gradient * (-0.5 * y).conjugate() * y.conjugate() * y.conjugate() })
    }
}

extension Operation {
    static let rsqrt = Operation(
        "rsqrt",
        [
            Sample("torch.rsqrt(x)", [Input([3, 4], 0.1, 4)]) { $0[0].rsqrt() }
        ])
}

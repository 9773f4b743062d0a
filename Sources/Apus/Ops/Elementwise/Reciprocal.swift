import ApusKernels

extension Tensor {
    /// 1 / x.
    public func reciprocal() -> Tensor {
        elementwise(
            Kernels.reciprocal, floating: true,
            // One factor at a time: the square may overflow where the product does not.
            .output { gradient, y in -gradient * y.conjugate() * y.conjugate() })
    }
}

extension Operation {
    static let reciprocal = Operation(
        "reciprocal",
        [
            Sample("torch.reciprocal(x)", [Input([3, 4], 0.5, 2)]) { $0[0].reciprocal() }
        ])
}

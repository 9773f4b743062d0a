import ApusKernels

extension Tensor {
    /// The hyperbolic sine.
    public func sinh() -> Tensor {
        elementwise(Kernels.sinh, floating: true, .input { gradient, x in gradient * x.cosh().conjugate() })
    }
}

extension Operation {
    static let sinh = Operation(
        "sinh",
        [
            Sample("torch.sinh(x)", [Input([3, 4])]) { $0[0].sinh() }
        ])
}

import ApusKernels

extension Tensor {
    /// The hyperbolic cosine.
    public func cosh() -> Tensor {
        elementwise(Kernels.cosh, floating: true, .input { gradient, x in gradient * x.sinh().conjugate() })
    }
}

extension Operation {
    static let cosh = Operation(
        "cosh",
        [
            Sample("torch.cosh(x)", [Input([3, 4])]) { $0[0].cosh() }
        ])
}

import ApusKernels

extension Tensor {
    /// eˣ - 1, exact for small x too.
    public func expm1() -> Tensor {
        // Not the result plus 1, which has lost the digits of a small eˣ.
        elementwise(Kernels.expm1, floating: true, .input { gradient, x in gradient * x.exp().conjugate() })
    }
}

extension Operation {
    static let expm1 = Operation(
        "expm1",
        [
            Sample("torch.expm1(x)", [Input([3, 4])]) { $0[0].expm1() }
        ])
}

import ApusKernels

extension Tensor {
    /// The logarithm to base 2; -infinity at 0, NaN for negative real elements.
    public func log2() -> Tensor {
        elementwise(
            Kernels.log2, floating: true,
            .input { gradient, x in gradient * 1.4426950408889634 / x.conjugate() })
    }
}

extension Operation {
    static let log2 = Operation(
        "log2",
        [
            Sample("torch.log2(x)", [Input([3, 4], 0.1, 4)]) { $0[0].log2() }
        ])
}

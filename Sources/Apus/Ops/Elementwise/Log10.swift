import ApusKernels

extension Tensor {
    /// The logarithm to base 10; -infinity at 0, NaN for negative real elements.
    public func log10() -> Tensor {
        elementwise(
            Kernels.log10, floating: true,
            .input { gradient, x in gradient * 0.4342944819032518 / x.conjugate() })
    }
}

extension Operation {
    static let log10 = Operation(
        "log10",
        [
            Sample("torch.log10(x)", [Input([3, 4], 0.1, 4)]) { $0[0].log10() }
        ])
}

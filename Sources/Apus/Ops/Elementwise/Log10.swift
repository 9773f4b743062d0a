import ApusKernels

extension Tensor {
    /// The logarithm to base 10.
    public func log10() -> Tensor {
        elementwise(
            Kernels.log10, floating: true, .input { gradient, x in gradient / (2.302585092994046 * x) })
    }
}

extension Operation {
    static let log10 = Operation(
        "log10", dtypes: DType.realFloating,
        [
            Sample("torch.log10(x)", [Input([3, 4], 0.1, 4)]) { $0[0].log10() }
        ])
}

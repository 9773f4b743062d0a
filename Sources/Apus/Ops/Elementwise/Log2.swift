import ApusKernels

extension Tensor {
    /// The logarithm to base 2.
    public func log2() -> Tensor {
        elementwise(
            Kernels.log2, floating: true, .input { gradient, x in gradient / (0.6931471805599453 * x) })
    }
}

extension Operation {
    static let log2 = Operation(
        "log2", dtypes: DType.realFloating,
        [
            Sample("torch.log2(x)", [Input([3, 4], 0.1, 4)]) { $0[0].log2() }
        ])
}

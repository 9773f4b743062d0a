import ApusKernels

extension Tensor {
    /// x where it exceeds `threshold`, else `value`.
    public func threshold(_ threshold: Double, value: Double) -> Tensor {
        let x = floatingPoint
        let limit = WeakScalar(threshold).tensor(x.dtype)
        let result = Tensor.elementwise(Kernels.threshold, x, limit, WeakScalar(value).tensor(x.dtype))
        return record("threshold", result, [x], elementwise: true) { [x = x.detach()] backward in
            [Tensor.linearInFirst(Kernels.thresholdGradient, backward.gradient, x, limit)]
        }
    }
}

extension Operation {
    static let threshold = Operation(
        "threshold", dtypes: DType.realFloating,
        [
            Sample("F.threshold(x, 0.3, -1)", [Input([3, 4])]) { $0[0].threshold(0.3, value: -1) }
        ])
}

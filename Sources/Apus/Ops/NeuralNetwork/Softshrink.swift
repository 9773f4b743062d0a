import ApusKernels

extension Tensor {
    /// x moved by `lambda` towards 0, and 0 where |x| ≤ λ.
    public func softshrink(lambda: Double = 0.5) -> Tensor {
        let x = floatingPoint
        let result = Tensor.elementwise(.softshrink, x.detach(), lambda)
        return record("softshrink", result, [x], elementwise: true) { [x = x.detach()] backward in
            let lambda = WeakScalar(lambda).tensor(x.dtype)
            return [Tensor.linearInFirst(Kernels.shrinkGradient, backward.gradient, x, lambda)]
        }
    }
}

extension BinaryRule {
    fileprivate static let softshrink = BinaryRule(Kernels.softshrink)
}

extension Operation {
    static let softshrink = Operation(
        "softshrink", dtypes: DType.realFloating,
        [
            Sample("F.softshrink(x, 0.7)", [Input([3, 4])]) { $0[0].softshrink(lambda: 0.7) }
        ])
}

import ApusKernels

extension Tensor {
    /// x where |x| > λ, else 0.
    public func hardshrink(lambda: Double = 0.5) -> Tensor {
        let x = floatingPoint
        let result = Tensor.elementwise(.hardshrink, x.detach(), lambda)
        return record("hardshrink", result, [x], elementwise: true) { [x = x.detach()] backward in
            let lambda = WeakScalar(lambda).tensor(x.dtype)
            return [Tensor.linearInFirst(Kernels.shrinkGradient, backward.gradient, x, lambda)]
        }
    }
}

extension BinaryRule {
    fileprivate static let hardshrink = BinaryRule(Kernels.hardshrink)
}

extension Operation {
    static let hardshrink = Operation(
        "hardshrink", dtypes: DType.realFloating,
        [
            Sample("F.hardshrink(x, 0.7)", [Input([3, 4])]) { $0[0].hardshrink(lambda: 0.7) }
        ])
}

import ApusKernels

extension Tensor {
    /// min(max(x + 3, 0), 6) / 6.
    public func hardsigmoid() -> Tensor {
        elementwise(
            Kernels.hardsigmoid, floating: true,
            .input { gradient, x in Tensor.elementwise(.hardsigmoidGradient, gradient, x.detach()) })
    }
}

extension BinaryRule {
    fileprivate static let hardsigmoidGradient: BinaryRule = .init(
        Kernels.hardsigmoidGradient,
        a: Partial(.b) { gradient, saved in Tensor.elementwise(.hardsigmoidGradient, gradient, saved.b) })
}

extension Operation {
    static let hardsigmoid = Operation(
        "hardsigmoid", dtypes: DType.realFloating,
        [
            Sample("torch.clamp(x + 3, 0, 6) / 6", [Input([3, 4], -4, 4)]) { $0[0].hardsigmoid() }
        ])
}

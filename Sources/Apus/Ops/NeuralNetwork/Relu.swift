import ApusKernels

extension Tensor {
    /// max(x, 0); NaN stays.
    public func relu() -> Tensor {
        elementwise(
            Kernels.relu, .output { gradient, y in Tensor.elementwise(.reluGradient, gradient, y.detach()) })
    }
}

extension BinaryRule {
    /// The gradient where the result is positive; it does not vary with the result.
    static let reluGradient: BinaryRule = .init(
        Kernels.reluGradient,
        a: Partial(.b) { gradient, saved in Tensor.elementwise(.reluGradient, gradient, saved.b) })
}

extension Operation {
    static let relu = Operation(
        "relu", dtypes: DType.realFloating + DType.integers,
        [
            Sample("F.relu(x)", [Input([3, 4])]) { $0[0].relu() }
        ])
}

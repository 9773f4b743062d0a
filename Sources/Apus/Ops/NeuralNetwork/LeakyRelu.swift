import ApusKernels

extension Tensor {
    /// x where it is positive, `slope` times x elsewhere.
    public func leakyRelu(slope: Double = 0.01) -> Tensor {
        let x = floatingPoint
        let result = Tensor.elementwise(.leakyRelu, x.detach(), slope)
        return record("leakyRelu", result, [x], elementwise: true) { [x = x.detach()] backward in
            let slope = WeakScalar(slope).tensor(x.dtype)
            return [Tensor.linearInFirst(Kernels.leakyReluGradient, backward.gradient, x, slope)]
        }
    }
}

extension BinaryRule {
    fileprivate static let leakyRelu = BinaryRule(Kernels.leakyRelu)
}

extension Operation {
    static let leakyRelu = Operation(
        "leakyRelu", dtypes: DType.realFloating,
        [
            Sample("F.leaky_relu(x, 0.1)", [Input([3, 4])]) { $0[0].leakyRelu(slope: 0.1) }
        ])
}

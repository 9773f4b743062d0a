import ApusKernels

extension Tensor {
    /// log(1 + e^(βx)) / β; x itself where βx exceeds `threshold`.
    public func softplus(beta: Double = 1, threshold: Double = 20) -> Tensor {
        let x = floatingPoint
        let (b, t) = (WeakScalar(beta).tensor(x.dtype), WeakScalar(threshold).tensor(x.dtype))
        return record("softplus", Tensor.elementwise(Kernels.softplus, x, b, t), [x], elementwise: true) {
            backward in
            [backward.gradient * slope(x, b, t)]
        }
    }
}

/// The derivative s = sigmoid(βx), 1 beyond the threshold; its own is β s (1 - s), 0 there too.
private func slope(_ x: Tensor, _ beta: Tensor, _ threshold: Tensor) -> Tensor {
    let result = Tensor.elementwise(Kernels.softplusSlope, x, beta, threshold)
    return Tensor.record("softplusSlope", result, [x], savesOutput: true) { backward in
        let s = backward.output
        return [backward.gradient * beta * (s * (1 - s))]
    }
}

extension Operation {
    static let softplus = Operation(
        "softplus", dtypes: DType.realFloating,
        [
            Sample("F.softplus(x)", [Input([3, 4], -4, 4)]) { $0[0].softplus() },
            Sample("F.softplus(x, 2, 3)", [Input([3, 4], -4, 4)]) { $0[0].softplus(beta: 2, threshold: 3) },
        ])
}

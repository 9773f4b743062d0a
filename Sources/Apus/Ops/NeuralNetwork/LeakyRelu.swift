import ApusKernelCalls

struct LeakyRelu: NumberActivation {
    static let kernel = Kernels.leakyRelu
    static let complexCounterpart: String? = "splitPrelu(weight:)"
    let slope: Double

    var number: Double { slope }
    func gradient(_ gradient: Tensor, _ x: Tensor) -> Tensor {
        Tensor.linearInFirst(Kernels.leakyReluGradient, gradient, x, WeakScalar(slope).tensor(x.dtype))
    }
}

extension Tensor {
    /// x where it is positive, `slope` times x elsewhere.
    public func leakyRelu(slope: Double = 0.01) -> Tensor { activated(LeakyRelu(slope: slope)) }
}

extension Operation {
    static let leakyRelu = Operation(
        "leakyRelu", dtypes: DType.realFloating,
        [
            Sample("F.leaky_relu(x, 0.1)", [Input([3, 4])]) { $0[0].leakyRelu(slope: 0.1) }
        ])
}

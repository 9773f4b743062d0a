import ApusKernelCalls

struct LeakyReLU: NumberActivation {
    static let kernel = Kernels.leakyReLU
    static let complexCounterpart: String? = "splitPReLU(weight:)"
    let slope: Double

    var number: Double { slope }
    func gradient(_ gradient: Tensor, _ x: Tensor) -> Tensor {
        Tensor.linearInFirst(Kernels.leakyReLUGradient, gradient, x, WeakScalar(slope).tensor(x.dtype))
    }
}

extension Tensor {
    /// x where it is positive, `slope` times x elsewhere.
    public func leakyReLU(slope: Double = 0.01) -> Tensor { activated(LeakyReLU(slope: slope)) }
}

extension Operation {
    static let leakyReLU = Operation(
        "leakyReLU", dtypes: DType.realFloating,
        [
            Sample("F.leaky_relu(x, 0.1)", [Input([3, 4])]) { $0[0].leakyReLU(slope: 0.1) }
        ])
}

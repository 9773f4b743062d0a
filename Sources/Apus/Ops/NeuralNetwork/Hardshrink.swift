import ApusKernelCalls

struct Hardshrink: NumberActivation {
    static let kernel = Kernels.hardshrink
    let lambda: Double

    var number: Double { lambda }
    func gradient(_ gradient: Tensor, _ x: Tensor) -> Tensor {
        Tensor.linearInFirst(Kernels.shrinkGradient, gradient, x, WeakScalar(lambda).tensor(x.dtype))
    }
}

extension Tensor {
    /// x where |x| > λ, else 0.
    public func hardshrink(lambda: Double = 0.5) -> Tensor { activated(Hardshrink(lambda: lambda)) }
}

extension Operation {
    static let hardshrink = Operation(
        "hardshrink", dtypes: DType.realFloating,
        [
            Sample("F.hardshrink(x, 0.7)", [Input([3, 4])]) { $0[0].hardshrink(lambda: 0.7) }
        ])
}

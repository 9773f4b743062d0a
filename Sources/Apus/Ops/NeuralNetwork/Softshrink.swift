import ApusKernelCalls

struct Softshrink: NumberActivation {
    static let kernel = Kernels.softshrink
    let lambda: Double

    var number: Double { lambda }
    func gradient(_ gradient: Tensor, _ x: Tensor) -> Tensor {
        Tensor.linearInFirst(Kernels.shrinkGradient, gradient, x, WeakScalar(lambda).tensor(x.dtype))
    }
}

extension Tensor {
    /// x moved by `lambda` towards 0, and 0 where |x| ≤ λ.
    public func softshrink(lambda: Double = 0.5) -> Tensor { activated(Softshrink(lambda: lambda)) }
}

extension Operation {
    static let softshrink = Operation(
        "softshrink", dtypes: DType.realFloating,
        [
            Sample("F.softshrink(x, 0.7)", [Input([3, 4])]) { $0[0].softshrink(lambda: 0.7) }
        ])
}

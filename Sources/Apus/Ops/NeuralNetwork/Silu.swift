import ApusKernels

extension Tensor {
    /// x times sigmoid(x), also called swish (Elfwing et al., 2017).
    public func silu() -> Tensor {
        if dtype.isComplex { return self * sigmoid() }
        return elementwise(
            Kernels.silu, floating: true,
            .input { gradient, x in Tensor.elementwise(.siluGradient, gradient, x) })
    }
}

extension BinaryRule {
    fileprivate static let siluGradient: BinaryRule = .init(
        Kernels.siluGradient,
        a: Partial(.b) { gradient, saved in Tensor.elementwise(.siluGradient, gradient, saved.b) },
        b: Partial([.a, .b]) { gradient, saved in
            // s'(2 + x(1 - 2s)), s the sigmoid
            let s = saved.b.sigmoid()
            let bend = saved.b * (1 - 2 * s) + 2
            return gradient * saved.a * (s * (1 - s) * bend)
        })
}

extension Operation {
    static let silu = Operation(
        "silu", dtypes: DType.realFloating,
        [
            Sample("F.silu(x)", [Input([3, 4], -4, 4)]) { $0[0].silu() }
        ])
}

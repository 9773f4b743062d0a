import ApusKernels

extension Tensor {
    /// x tanh(log(1 + eˣ)) (Misra, 2019).
    public func mish() -> Tensor {
        elementwise(
            Kernels.mish, floating: true,
            .input { gradient, x in Tensor.elementwise(.mishGradient, gradient, x) })
    }
}

extension BinaryRule {
    fileprivate static let mishGradient: BinaryRule = .init(
        Kernels.mishGradient,
        a: Partial(.b) { gradient, saved in Tensor.elementwise(.mishGradient, gradient, saved.b) },
        b: Partial([.a, .b]) { gradient, saved in
            // 2t' + x t'', t = tanh(softplus x), t' = (1 - t²)s, t'' = (1 - t²)s(1 - s) - 2 t t' s
            let t = saved.b.softplus().tanh()
            let s = saved.b.sigmoid()
            let t1 = (1 - t.square()) * s
            let t2 = t1 * (1 - s) - 2 * t * t1 * s
            return gradient * saved.a * (2 * t1 + saved.b * t2)
        })
}

extension Operation {
    static let mish = Operation(
        "mish", dtypes: DType.realFloating,
        [
            Sample("F.mish(x)", [Input([3, 4], -4, 4)]) { $0[0].mish() }
        ])
}

import ApusKernels

extension Tensor {
    /// x where it is positive, α (eˣ - 1) elsewhere (Clevert et al., 2015).
    public func elu(alpha: Double = 1) -> Tensor {
        let x = floatingPoint
        let result = Tensor.elementwise(.elu, x.detach(), alpha)
        return record("elu", result, [x], elementwise: true) { backward in
            [eluGradient(backward.gradient, x, alpha)]
        }
    }
}

extension BinaryRule {
    fileprivate static let elu = BinaryRule(Kernels.elu)
}

private func eluGradient(_ gradient: Tensor, _ x: Tensor, _ alpha: Double) -> Tensor {
    let scale = WeakScalar(alpha).tensor(x.dtype)
    let result = Tensor.elementwise(Kernels.eluGradient, gradient, x, scale)
    return Tensor.record("eluGradient", result, [gradient, x]) { backward in
        let product = backward.gradient * gradient
        return [
            eluGradient(backward.gradient, x, alpha),
            backward.needs[1] ? (product * x.exp() * alpha).maskedFill(x .> 0, 0) : nil,
        ]
    }
}

extension Operation {
    static let elu = Operation(
        "elu", dtypes: DType.realFloating,
        [
            Sample("F.elu(x, 0.7)", [Input([3, 4], -4, 4)]) { $0[0].elu(alpha: 0.7) }
        ])
}

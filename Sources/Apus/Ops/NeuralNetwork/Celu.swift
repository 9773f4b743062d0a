import ApusKernels

extension Tensor {
    /// x where it is positive, α (e^(x/α) - 1) elsewhere (Barron, 2017).
    public func celu(alpha: Double = 1) -> Tensor {
        let x = floatingPoint
        let result = Tensor.elementwise(.celu, x.detach(), alpha)
        return record("celu", result, [x], elementwise: true) { backward in
            [celuGradient(backward.gradient, x, alpha)]
        }
    }
}

extension BinaryRule {
    fileprivate static let celu = BinaryRule(Kernels.celu)
}

private func celuGradient(_ gradient: Tensor, _ x: Tensor, _ alpha: Double) -> Tensor {
    let scale = WeakScalar(alpha).tensor(x.dtype)
    let result = Tensor.elementwise(Kernels.celuGradient, gradient, x, scale)
    return Tensor.record("celuGradient", result, [gradient, x]) { backward in
        let product = backward.gradient * gradient
        return [
            celuGradient(backward.gradient, x, alpha),
            backward.needs[1] ? (product * (x / alpha).exp() / alpha).maskedFill(x .> 0, 0) : nil,
        ]
    }
}

extension Operation {
    static let celu = Operation(
        "celu", dtypes: DType.realFloating,
        [
            Sample("x.clamp(min=0) + (0.7 * torch.expm1(x / 0.7)).clamp(max=0)", [Input([3, 4], -4, 4)]) {
                $0[0].celu(alpha: 0.7)
            }
        ])
}

import ApusKernelCalls

struct CELU: NumberActivation {
    static let kernel = Kernels.celu
    let alpha: Double

    var number: Double { alpha }
    func gradient(_ gradient: Tensor, _ x: Tensor) -> Tensor {
        Tensor.apply(CELUGradient(alpha: alpha), to: [gradient, x], at: nil)
    }
}

/// The gradient of the input from that of the result and the input.
private struct CELUGradient: SingleResult {
    let alpha: Double

    var name: String { Kernels.celuGradient.name }

    func value(of inputs: [Tensor]) -> Tensor {
        let alpha = WeakScalar(alpha).tensor(inputs[1].dtype)
        return Tensor.computed(Kernels.celuGradient, inputs[0], inputs[1], alpha)
    }

    func saved(for needs: [Bool]) -> Saved { needs[1] ? .inputs : .input(1) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (u, x) = (backward.gradient, backward.input(1))
        return [
            backward.needs[0] ? Tensor.apply(self, to: [u, x], at: nil) : nil,
            backward.needs[1] ? curved(u * backward.input(0), x).maskedFill(x .> 0, 0) : nil,
        ]
    }

    /// A product with the second derivative where x is not positive.
    private func curved(_ product: Tensor, _ x: Tensor) -> Tensor { product * (x / alpha).exp() / alpha }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// x where it is positive, α (e^(x/α) - 1) elsewhere (Barron, 2017).
    public func celu(alpha: Double = 1) -> Tensor { activated(CELU(alpha: alpha)) }
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

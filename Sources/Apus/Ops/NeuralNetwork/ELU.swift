import ApusKernelCalls

struct ELU: NumberActivation {
    static let kernel = Kernels.elu
    let alpha: Double

    var number: Double { alpha }
    func gradient(_ gradient: Tensor, _ x: Tensor) -> Tensor {
        Tensor.apply(ELUGradient(alpha: alpha), to: [gradient, x], at: nil)
    }
}

/// The gradient of the input from that of the result and the input.
private struct ELUGradient: SingleResult {
    let alpha: Double

    var name: String { Kernels.eluGradient.name }

    func value(of inputs: [Tensor]) -> Tensor {
        let alpha = WeakScalar(alpha).tensor(inputs[1].dtype)
        return Tensor.computed(Kernels.eluGradient, inputs[0], inputs[1], alpha)
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
    private func curved(_ product: Tensor, _ x: Tensor) -> Tensor { product * x.exp() * alpha }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// x where it is positive, α (eˣ - 1) elsewhere (Clevert et al., 2015).
    public func elu(alpha: Double = 1) -> Tensor { activated(ELU(alpha: alpha)) }
}

extension Operation {
    static let elu = Operation(
        "elu", dtypes: DType.realFloating,
        [
            Sample("F.elu(x, 0.7)", [Input([3, 4], -4, 4)]) { $0[0].elu(alpha: 0.7) }
        ])
}

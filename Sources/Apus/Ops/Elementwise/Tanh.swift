import ApusKernels

extension Tensor {
    /// The hyperbolic tangent.
    public func tanh() -> Tensor {
        elementwise(
            Kernels.tanh, floating: true,
            .output { gradient, y in Tensor.elementwise(.tanhGradient, gradient, y) })
    }
}

/// The hyperbolic tangent.
public func tanh(_ x: Tensor) -> Tensor { x.tanh() }

extension BinaryRule {
    /// g (1 - y²)*, for y = tanh x.
    static let tanhGradient: BinaryRule = .init(
        Kernels.tanhGradient,
        a: Partial(.b) { gradient, saved in Tensor.elementwise(.tanhGradient, gradient, saved.b.conjugate())
        },
        b: Partial([.a, .b]) { gradient, saved in -2 * gradient.conjugate() * saved.a * saved.b.conjugate() })
}

extension Operation {
    static let tanh = Operation(
        "tanh",
        [
            Sample("torch.tanh(x)", [Input([3, 4])]) { $0[0].tanh() }
        ])
}

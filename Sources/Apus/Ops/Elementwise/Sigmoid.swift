import ApusKernels

extension Tensor {
    /// The logistic function 1 / (1 + e⁻ˣ).
    public func sigmoid() -> Tensor {
        elementwise(
            Kernels.sigmoid, floating: true,
            .output { gradient, y in Tensor.elementwise(.sigmoidGradient, gradient, y) })
    }
}

/// The logistic function 1 / (1 + e⁻ˣ).
public func sigmoid(_ x: Tensor) -> Tensor { x.sigmoid() }

extension BinaryRule {
    /// g (y - y²)*, for y = sigmoid x.
    static let sigmoidGradient: BinaryRule = .init(
        Kernels.sigmoidGradient,
        a: Partial(.b) { gradient, saved in
            Tensor.elementwise(.sigmoidGradient, gradient, saved.b.conjugate())
        },
        b: Partial([.a, .b]) { gradient, saved in
            gradient.conjugate() * saved.a * (1 - 2 * saved.b).conjugate()
        })
}

extension Operation {
    static let sigmoid = Operation(
        "sigmoid",
        [
            Sample("torch.sigmoid(x)", [Input([3, 4])]) { $0[0].sigmoid() }
        ])
}

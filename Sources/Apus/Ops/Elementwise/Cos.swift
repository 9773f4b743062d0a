import ApusKernels

extension Tensor {
    /// The cosine of an angle in radians.
    public func cos() -> Tensor {
        elementwise(Kernels.cos, floating: true, .input { gradient, x in -gradient * x.sin().conjugate() })
    }
}

/// The cosine of an angle in radians.
public func cos(_ x: Tensor) -> Tensor { x.cos() }

extension Operation {
    static let cos = Operation(
        "cos",
        [
            Sample("torch.cos(x)", [Input([3, 4])]) { $0[0].cos() }
        ])
}

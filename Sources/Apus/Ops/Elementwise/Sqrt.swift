import ApusKernels

extension Tensor {
    /// The square root; NaN for negative real elements.
    public func sqrt() -> Tensor {
        elementwise(Kernels.sqrt, floating: true, .output { gradient, y in gradient / (2 * y.conjugate()) })
    }
}

/// The square root; NaN for negative real elements.
public func sqrt(_ x: Tensor) -> Tensor { x.sqrt() }

extension Operation {
    static let sqrt = Operation(
        "sqrt",
        [
            Sample("torch.sqrt(x)", [Input([3, 4], 0.1, 4)]) { $0[0].sqrt() }
        ])
}

import ApusKernels

extension Tensor {
    /// The tangent of an angle in radians.
    public func tan() -> Tensor {
        elementwise(
            Kernels.tan, floating: true, .output { gradient, y in gradient * (1 + y.square()).conjugate() })
    }
}

/// The tangent of an angle in radians.
public func tan(_ x: Tensor) -> Tensor { x.tan() }

extension Operation {
    static let tan = Operation(
        "tan",
        [
            Sample("torch.tan(x)", [Input([3, 4], -1.2, 1.2)]) { $0[0].tan() }
        ])
}

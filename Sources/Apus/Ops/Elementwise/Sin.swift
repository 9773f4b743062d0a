import ApusKernels

extension Tensor {
    /// The sine of an angle in radians.
    public func sin() -> Tensor {
        elementwise(Kernels.sin, floating: true, .input { gradient, x in gradient * x.cos().conjugate() })
    }
}

/// The sine of an angle in radians.
public func sin(_ x: Tensor) -> Tensor { x.sin() }

extension Operation {
    static let sin = Operation(
        "sin",
        [
            Sample("torch.sin(x)", [Input([3, 4])]) { $0[0].sin() }
        ])
}

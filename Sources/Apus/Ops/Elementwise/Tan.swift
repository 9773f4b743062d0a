import ApusKernelCalls

struct Tan: UnaryPrimitive {
    static let kernel = Kernels.tan
    static let saved = Saved.output
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor {
        backward.gradient * (1 + backward.output.square()).conjugate()
    }
}

extension Tensor {
    /// The tangent of an angle in radians.
    public func tan() -> Tensor { elementwise(Tan()) }
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

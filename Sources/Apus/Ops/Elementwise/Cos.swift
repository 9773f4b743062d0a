import ApusKernelCalls

struct Cos: UnaryPrimitive {
    static let kernel = Kernels.cos
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor { -backward.gradient * backward.input(0).sin().conjugate() }
}

extension Tensor {
    /// The cosine of an angle in radians.
    public func cos() -> Tensor { elementwise(Cos()) }
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

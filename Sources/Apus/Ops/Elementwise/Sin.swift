import ApusKernelCalls

struct Sin: UnaryPrimitive {
    static let kernel = Kernels.sin
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor { backward.gradient * backward.input(0).cos().conjugate() }
}

extension Tensor {
    /// The sine of an angle in radians.
    public func sin() -> Tensor { elementwise(Sin()) }
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

import ApusKernelCalls

struct Sqrt: UnaryPrimitive {
    static let kernel = Kernels.sqrt
    static let saved = Saved.output
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor { backward.gradient / (2 * backward.output.conjugate()) }
}

extension Tensor {
    /// The square root; NaN for negative real elements.
    public func sqrt() -> Tensor { elementwise(Sqrt()) }
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

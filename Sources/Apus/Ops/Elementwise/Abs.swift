import ApusKernelCalls

struct Abs: UnaryPrimitive {
    static let kernel = Kernels.abs
    static let saved = Saved.input(0)

    func gradient(_ backward: Backward) -> Tensor { backward.gradient * backward.input(0).sign() }
}

extension Tensor {
    /// The magnitude: of a complex number √(re² + im²), as a real tensor. Its gradient at 0 is 0.
    ///
    /// The lowest signed integer, which has no positive counterpart, stays as it is.
    public func abs() -> Tensor {
        if dtype == .bool { return self }
        return elementwise(Abs())
    }
}

/// The magnitude: of a complex number √(re² + im²), as a real tensor.
public func abs(_ x: Tensor) -> Tensor { x.abs() }

extension Operation {
    static let abs = Operation(
        "abs", dtypes: DType.numeric,
        [
            Sample("torch.abs(x)", [Input([3, 4])]) { $0[0].abs() }
        ])
}

import ApusKernelCalls

struct Reciprocal: UnaryPrimitive {
    static let kernel = Kernels.reciprocal
    static let saved = Saved.output
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor {
        let y = backward.output.conjugate()
        // One factor at a time: the square may overflow where the product does not.
        return -backward.gradient * y * y
    }
}

extension Tensor {
    /// 1 / x.
    public func reciprocal() -> Tensor { elementwise(Reciprocal()) }
}

extension Operation {
    static let reciprocal = Operation(
        "reciprocal",
        [
            Sample("torch.reciprocal(x)", [Input([3, 4], 0.5, 2)]) { $0[0].reciprocal() }
        ])
}

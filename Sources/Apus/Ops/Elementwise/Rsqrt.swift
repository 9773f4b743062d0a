import ApusKernelCalls

struct Rsqrt: UnaryPrimitive {
    static let kernel = Kernels.rsqrt
    static let saved = Saved.output
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor {
        let y = backward.output
        // One factor at a time: the cube may overflow where the product does not.
        return backward.gradient * (-0.5 * y).conjugate() * y.conjugate() * y.conjugate()
    }
}

extension Tensor {
    /// The reciprocal of the square root.
    public func rsqrt() -> Tensor { elementwise(Rsqrt()) }
}

extension Operation {
    static let rsqrt = Operation(
        "rsqrt",
        [
            Sample("torch.rsqrt(x)", [Input([3, 4], 0.1, 4)]) { $0[0].rsqrt() }
        ])
}

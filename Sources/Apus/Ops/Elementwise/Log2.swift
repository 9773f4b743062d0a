import ApusKernelCalls

struct Log2: UnaryPrimitive {
    static let kernel = Kernels.log2
    static let saved = Saved.input(0)
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor {
        backward.gradient * 1.4426950408889634 / backward.input(0).conjugate()
    }
}

extension Tensor {
    /// The logarithm to base 2; -infinity at 0, NaN for negative real elements.
    public func log2() -> Tensor { elementwise(Log2()) }
}

extension Operation {
    static let log2 = Operation(
        "log2",
        [
            Sample("torch.log2(x)", [Input([3, 4], 0.1, 4)]) { $0[0].log2() }
        ])
}

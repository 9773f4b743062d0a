import ApusKernelCalls

struct Log10: UnaryPrimitive {
    static let kernel = Kernels.log10
    static let saved = Saved.input(0)
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor {
        backward.gradient * 0.4342944819032518 / backward.input(0).conjugate()
    }
}

extension Tensor {
    /// The logarithm to base 10; -infinity at 0, NaN for negative real elements.
    public func log10() -> Tensor { elementwise(Log10()) }
}

extension Operation {
    static let log10 = Operation(
        "log10",
        [
            Sample("torch.log10(x)", [Input([3, 4], 0.1, 4)]) { $0[0].log10() }
        ])
}

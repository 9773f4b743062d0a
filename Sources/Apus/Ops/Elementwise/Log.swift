import ApusKernelCalls

struct Log: UnaryPrimitive {
    static let kernel = Kernels.log
    static let saved = Saved.input(0)
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor { backward.gradient / backward.input(0).conjugate() }
}

extension Tensor {
    /// The natural logarithm; -infinity at 0, NaN for negative real elements.
    public func log() -> Tensor { elementwise(Log()) }
}

/// The natural logarithm; -infinity at 0, NaN for negative real elements.
public func log(_ x: Tensor) -> Tensor { x.log() }

extension Operation {
    static let log = Operation(
        "log",
        [
            Sample("torch.log(x)", [Input([3, 4], 0.1, 4)]) { $0[0].log() }
        ])
}

import ApusKernelCalls

struct Log1p: UnaryPrimitive {
    static let kernel = Kernels.log1p
    static let saved = Saved.input(0)
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor { backward.gradient / (1 + backward.input(0)).conjugate() }
}

extension Tensor {
    /// log(1 + x), exact for small x too.
    public func log1p() -> Tensor { elementwise(Log1p()) }
}

extension Operation {
    static let log1p = Operation(
        "log1p",
        [
            Sample("torch.log1p(x)", [Input([3, 4], -0.9, 4)]) { $0[0].log1p() }
        ])
}

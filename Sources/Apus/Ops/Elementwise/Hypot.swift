import ApusKernels

extension BinaryRule {
    static let hypot = BinaryRule(
        Kernels.hypot,
        floating: true,
        a: Partial([.a, .output]) { gradient, saved in gradient * (saved.a / saved.output) },
        b: Partial([.b, .output]) { gradient, saved in gradient * (saved.b / saved.output) })
}

extension Tensor {
    /// √(a² + b²), without overflow on the way.
    public func hypot(_ other: Tensor) -> Tensor { Tensor.elementwise(.hypot, self, other) }
    public func hypot<S: TensorScalar>(_ other: S) -> Tensor { Tensor.elementwise(.hypot, self, other) }
}

extension Operation {
    static let hypot = Operation(
        "hypot", dtypes: DType.realFloating,
        [
            Sample("torch.hypot(x, y)", [Input([3, 4], 0.2, 2), Input([3, 4])]) { $0[0].hypot($0[1]) }
        ])
}

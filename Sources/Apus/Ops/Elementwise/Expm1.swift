import ApusKernels

extension Tensor {
    /// eˣ - 1, exact for small x too.
    public func expm1() -> Tensor {
        elementwise(Kernels.expm1, floating: true, .output { gradient, y in gradient * (y + 1) })
    }
}

extension Operation {
    static let expm1 = Operation(
        "expm1", dtypes: DType.realFloating,
        [
            Sample("torch.expm1(x)", [Input([3, 4])]) { $0[0].expm1() }
        ])
}

import ApusKernels

extension Tensor {
    /// The angle in [-π/2, π/2] with this sine; NaN outside [-1, 1].
    public func asin() -> Tensor {
        elementwise(
            Kernels.asin, floating: true, .input { gradient, x in gradient * (1 - x.square()).rsqrt() })
    }
}

extension Operation {
    static let asin = Operation(
        "asin", dtypes: DType.realFloating,
        [
            Sample("torch.asin(x)", [Input([3, 4], -0.9, 0.9)]) { $0[0].asin() }
        ])
}

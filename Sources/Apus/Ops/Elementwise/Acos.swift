import ApusKernels

extension Tensor {
    /// The angle in [0, π] with this cosine; NaN outside [-1, 1].
    public func acos() -> Tensor {
        elementwise(
            Kernels.acos, floating: true, .input { gradient, x in -gradient * (1 - x.square()).rsqrt() })
    }
}

extension Operation {
    static let acos = Operation(
        "acos", dtypes: DType.realFloating,
        [
            Sample("torch.acos(x)", [Input([3, 4], -0.9, 0.9)]) { $0[0].acos() }
        ])
}

import ApusKernels

extension Tensor {
    /// The angle in [-π/2, π/2] with this tangent.
    public func atan() -> Tensor {
        elementwise(Kernels.atan, floating: true, .input { gradient, x in gradient / (1 + x.square()) })
    }
}

extension Operation {
    static let atan = Operation(
        "atan", dtypes: DType.realFloating,
        [
            Sample("torch.atan(x)", [Input([3, 4])]) { $0[0].atan() }
        ])
}

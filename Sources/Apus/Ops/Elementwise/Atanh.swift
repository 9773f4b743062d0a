import ApusKernels

extension Tensor {
    /// The inverse of the hyperbolic tangent; NaN outside [-1, 1].
    public func atanh() -> Tensor {
        elementwise(Kernels.atanh, floating: true, .input { gradient, x in gradient / (1 - x.square()) })
    }
}

extension Operation {
    static let atanh = Operation(
        "atanh", dtypes: DType.realFloating,
        [
            Sample("torch.atanh(x)", [Input([3, 4], -0.9, 0.9)]) { $0[0].atanh() }
        ])
}

import ApusKernels

extension Tensor {
    /// The inverse of the hyperbolic cosine, at least 0; NaN below 1.
    public func acosh() -> Tensor {
        elementwise(
            Kernels.acosh, floating: true, .input { gradient, x in gradient * (x.square() - 1).rsqrt() })
    }
}

extension Operation {
    static let acosh = Operation(
        "acosh", dtypes: DType.realFloating,
        [
            Sample("torch.acosh(x)", [Input([3, 4], 1.2, 4)]) { $0[0].acosh() }
        ])
}

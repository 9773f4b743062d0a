import ApusKernels

extension Tensor {
    /// The inverse of the hyperbolic sine.
    public func asinh() -> Tensor {
        elementwise(
            Kernels.asinh, floating: true, .input { gradient, x in gradient * (1 + x.square()).rsqrt() })
    }
}

extension Operation {
    static let asinh = Operation(
        "asinh", dtypes: DType.realFloating,
        [
            Sample("torch.asinh(x)", [Input([3, 4])]) { $0[0].asinh() }
        ])
}

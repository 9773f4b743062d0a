import ApusKernels

extension Tensor {
    /// The error function 2/√π ∫₀ˣ exp(-t²) dt.
    public func erf() -> Tensor {
        elementwise(
            Kernels.erf, floating: true,
            .input { gradient, x in gradient * (1.1283791670955126 * (-x.square()).exp()) })
    }
}

extension Operation {
    static let erf = Operation(
        "erf", dtypes: DType.realFloating,
        [
            Sample("torch.erf(x)", [Input([3, 4])]) { $0[0].erf() }
        ])
}

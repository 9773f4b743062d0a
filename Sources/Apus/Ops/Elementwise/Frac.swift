import ApusKernels

extension Tensor {
    /// What `trunc` leaves: x - trunc(x), with the sign of x.
    public func frac() -> Tensor {
        elementwise(Kernels.frac, floating: true, .linear { $0 })
    }
}

extension Operation {
    static let frac = Operation(
        "frac", dtypes: DType.realFloating,
        [
            Sample("torch.frac(x)", [Input([3, 4])]) { $0[0].frac() }
        ])
}

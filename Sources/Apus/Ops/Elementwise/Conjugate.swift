import ApusKernels

extension Tensor {
    /// The complex conjugate; a real tensor itself.
    public func conjugate() -> Tensor {
        if !dtype.isComplex { return self }
        return elementwise(Kernels.conjugate, .linear { $0.conjugate() })
    }
}

extension Operation {
    static let conjugate = Operation(
        "conjugate",
        [
            Sample("torch.conj_physical(x)", [Input([3, 4])]) { $0[0].conjugate() }
        ])
}

import ApusKernelCalls

struct Conjugate: UnaryPrimitive {
    static let kernel = Kernels.conjugate

    func gradient(_ backward: Backward) -> Tensor { backward.gradient.conjugate() }
}

extension Tensor {
    /// The complex conjugate; a real tensor itself.
    public func conjugate() -> Tensor {
        if !dtype.isComplex { return self }
        return elementwise(Conjugate())
    }
}

extension Operation {
    static let conjugate = Operation(
        "conjugate",
        [
            Sample("torch.conj_physical(x)", [Input([3, 4])]) { $0[0].conjugate() }
        ])
}

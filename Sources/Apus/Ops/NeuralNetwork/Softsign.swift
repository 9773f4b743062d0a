import ApusKernels

extension Tensor {
    /// x / (1 + |x|) of each element.
    public func softsign() -> Tensor {
        if dtype.isComplex { return self / (abs() + 1) }
        return elementwise(
            Kernels.softsign, floating: true, .input { gradient, x in gradient / (x.abs() + 1).square() })
    }
}

extension Operation {
    static let softsign = Operation(
        "softsign",
        [Sample("F.softsign(x)", [Input([3, 4])]) { $0[0].softsign() }])
}

import ApusKernels

extension Tensor {
    /// log(1 + x), exact for small x too.
    public func log1p() -> Tensor {
        elementwise(Kernels.log1p, floating: true, .input { gradient, x in gradient / (1 + x).conjugate() })
    }
}

extension Operation {
    static let log1p = Operation(
        "log1p",
        [
            Sample("torch.log1p(x)", [Input([3, 4], -0.9, 4)]) { $0[0].log1p() }
        ])
}

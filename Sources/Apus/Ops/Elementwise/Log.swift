import ApusKernels

extension Tensor {
    /// The natural logarithm; -infinity at 0, NaN for negative real elements.
    public func log() -> Tensor {
        elementwise(Kernels.log, floating: true, .input { gradient, x in gradient / x.conjugate() })
    }
}

/// The natural logarithm; -infinity at 0, NaN for negative real elements.
public func log(_ x: Tensor) -> Tensor { x.log() }

extension Operation {
    static let log = Operation(
        "log",
        [
            Sample("torch.log(x)", [Input([3, 4], 0.1, 4)]) { $0[0].log() }
        ])
}

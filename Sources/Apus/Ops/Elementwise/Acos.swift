import ApusKernels

extension Tensor {
    /// The angle in [0, π] with this cosine; NaN for real numbers outside [-1, 1].
    ///
    /// Of complex numbers the principal value, with cuts along the real axis outside [-1, 1].
    public func acos() -> Tensor {
        elementwise(
            Kernels.acos, floating: true,
            .input { gradient, x in -gradient * overRootOfDifference(x).conjugate() })
    }
}

extension Operation {
    static let acos = Operation(
        "acos",
        [
            Sample("torch.acos(x)", [Input([3, 4], -0.9, 0.9)]) { $0[0].acos() }
        ])
}

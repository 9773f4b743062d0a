import ApusKernels

extension BinaryRule {
    static let hypot = BinaryRule(
        Kernels.hypot,
        floating: true,
        a: Partial([.a, .b]) { gradient, saved in
            gradient * Tensor.elementwise(.hypotSlope, saved.a, saved.b)
        },
        b: Partial([.a, .b]) { gradient, saved in
            gradient * Tensor.elementwise(.hypotSlope, saved.b, saved.a)
        })

    /// a / h with h = √(a² + b²), 0 at the origin. Its derivatives are (b / h)(b / h²) and -(a / h)(b / h²).
    private static let hypotSlope: BinaryRule = .init(
        Kernels.hypotSlope,
        a: Partial([.a, .b]) { gradient, saved in
            gradient * Tensor.elementwise(.hypotSlope, saved.b, saved.a)
                * Tensor.elementwise(.atan2Slope, saved.a, saved.b)
        },
        b: Partial([.a, .b, .output]) { gradient, saved in
            -gradient * saved.output * Tensor.elementwise(.atan2Slope, saved.a, saved.b)
        })
}

extension Tensor {
    /// √(a² + b²), without overflow on the way; the gradient at the origin is 0.
    public func hypot(_ other: Tensor) -> Tensor { Tensor.elementwise(.hypot, self, other) }
    public func hypot<S: TensorScalar>(_ other: S) -> Tensor { Tensor.elementwise(.hypot, self, other) }
}

extension Operation {
    static let hypot = Operation(
        "hypot", dtypes: DType.realFloating,
        [
            Sample("torch.hypot(x, y)", [Input([3, 4], 0.2, 2), Input([3, 4])]) { $0[0].hypot($0[1]) }
        ])
}

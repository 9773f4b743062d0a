import ApusKernels

extension BinaryRule {
    static let atan2 = BinaryRule(
        Kernels.atan2,
        floating: true,
        a: Partial([.a, .b]) { gradient, saved in
            gradient * Tensor.elementwise(.atan2Slope, saved.a, saved.b)
        },
        b: Partial([.a, .b]) { gradient, saved in
            -gradient * Tensor.elementwise(.atan2Slope, saved.b, saved.a)
        })

    /// p = b / (a² + b²), 0 at the origin. With q = a / (a² + b²) its derivatives are -2pq and q² - p².
    static let atan2Slope: BinaryRule = .init(
        Kernels.atan2Slope,
        a: Partial([.a, .b, .output]) { gradient, saved in
            gradient * (-2 * saved.output * Tensor.elementwise(.atan2Slope, saved.b, saved.a))
        },
        b: Partial([.a, .b, .output]) { gradient, saved in
            let other = Tensor.elementwise(.atan2Slope, saved.b, saved.a)
            return gradient * ((other - saved.output) * (other + saved.output))
        })
}

extension Tensor {
    /// The angle in [-π, π] of the point whose y is this tensor and whose x is `other`.
    ///
    /// At the origin, where no direction is steepest, the gradient is 0.
    public func atan2(_ other: Tensor) -> Tensor { Tensor.elementwise(.atan2, self, other) }
    public func atan2<S: TensorScalar>(_ other: S) -> Tensor { Tensor.elementwise(.atan2, self, other) }
}

extension Operation {
    static let atan2 = Operation(
        "atan2", dtypes: DType.realFloating,
        [
            Sample("torch.atan2(x, y)", [Input([3, 4], 0.2, 2), Input([3, 4])]) { $0[0].atan2($0[1]) }
        ])
}

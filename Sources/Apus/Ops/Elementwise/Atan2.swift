import ApusKernels

extension BinaryRule {
    static let atan2 = BinaryRule(
        Kernels.atan2,
        floating: true,
        a: Partial([.a, .b]) { gradient, saved in
            gradient * (saved.b / (saved.a.square() + saved.b.square()))
        },
        b: Partial([.a, .b]) { gradient, saved in
            -gradient * (saved.a / (saved.a.square() + saved.b.square()))
        })
}

extension Tensor {
    /// The angle in [-π, π] of the point whose y is this tensor and whose x is `other`.
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

import ApusKernels

extension BinaryRule {
    fileprivate static let maximum = BinaryRule(
        Kernels.maximum,
        a: Partial([.a, .b]) { gradient, saved in
            Tensor.linearInFirst(Kernels.maximumGradient, gradient, saved.a, saved.b)
        },
        b: Partial([.a, .b]) { gradient, saved in
            Tensor.linearInFirst(Kernels.maximumGradient, gradient, saved.b, saved.a)
        })
}

extension Tensor {
    /// The larger of corresponding elements, with broadcasting; NaN where either is.
    ///
    /// Where both are equal each gets half of the gradient.
    public func maximum(_ other: Tensor) -> Tensor { Tensor.elementwise(.maximum, self, other) }
    public func maximum<S: TensorScalar>(_ other: S) -> Tensor { Tensor.elementwise(.maximum, self, other) }
}

/// The larger of corresponding elements, with broadcasting; NaN where either is.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { a.maximum(b) }

extension Operation {
    static let maximum = Operation(
        "maximum", dtypes: DType.real,
        [
            Sample("torch.maximum(x, y)", [Input([3, 4]), Input([3, 4])]) { $0[0].maximum($0[1]) },
            Sample("torch.maximum(x, y)", [Input([2, 3, 4]), Input([3, 1])]) { $0[0].maximum($0[1]) },
        ])
}

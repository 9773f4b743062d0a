import ApusKernelCalls

struct Maximum: BinaryPrimitive {
    static let kernel = Kernels.maximum
    static let savedForFirst: BinaryOperands.Uses = [.a, .b]
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.linearInFirst(Kernels.maximumGradient, gradient, saved.a, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.linearInFirst(Kernels.maximumGradient, gradient, saved.b, saved.a)
    }
}

extension Tensor {
    /// The larger of corresponding elements, with broadcasting; NaN where either is.
    ///
    /// Where both are equal each gets half of the gradient.
    public func maximum(_ other: Tensor) -> Tensor { Tensor.elementwise(Maximum(), self, other) }
    /// The larger of each element and a number; NaN where an element is.
    public func maximum<S: TensorScalar>(_ other: S) -> Tensor { Tensor.elementwise(Maximum(), self, other) }
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

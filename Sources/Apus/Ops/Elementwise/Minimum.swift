import ApusKernelCalls

struct Minimum: BinaryPrimitive {
    static let kernel = Kernels.minimum
    static let savedForFirst: BinaryOperands.Uses = [.a, .b]
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.linearInFirst(Kernels.minimumGradient, gradient, saved.a, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.linearInFirst(Kernels.minimumGradient, gradient, saved.b, saved.a)
    }
}

extension Tensor {
    /// The smaller of corresponding elements, with broadcasting; NaN where either is.
    ///
    /// Where both are equal each gets half of the gradient.
    public func minimum(_ other: Tensor) -> Tensor { Tensor.elementwise(Minimum(), self, other) }
    /// The smaller of each element and a number; NaN where an element is.
    public func minimum<S: TensorScalar>(_ other: S) -> Tensor { Tensor.elementwise(Minimum(), self, other) }
}

/// The smaller of corresponding elements, with broadcasting; NaN where either is.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { a.minimum(b) }

extension Operation {
    static let minimum = Operation(
        "minimum", dtypes: DType.real,
        [
            Sample("torch.minimum(x, y)", [Input([3, 4]), Input([3, 4])]) { $0[0].minimum($0[1]) },
            Sample("torch.minimum(x, y)", [Input([2, 3, 4]), Input([3, 1])]) { $0[0].minimum($0[1]) },
        ])
}

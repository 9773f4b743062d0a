import ApusKernelCalls

struct Fmin: BinaryPrimitive {
    static let kernel = Kernels.fmin
    static let savedForFirst: BinaryOperands.Uses = [.a, .b]
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        share(gradient, saved.a, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        share(gradient, saved.b, saved.a)
    }

    /// The part of the gradient that goes to `own`: the same as for `minimum`, but nothing where `own` alone is NaN.
    private static func share(_ gradient: Tensor, _ own: Tensor, _ other: Tensor) -> Tensor {
        let (own, other) = (own.detach(), other.detach())
        return Tensor.linearInFirst(Kernels.minimumGradient, gradient, own, other)
            .maskedFill(own.isNaN().logicalAnd(other.isNaN().logicalNot()), 0)
    }
}

extension Tensor {
    /// The smaller of corresponding elements, with broadcasting; of a number and NaN the number.
    ///
    /// Where both are equal each gets half of the gradient. The result of `minimum` is NaN instead.
    public func fmin(_ other: Tensor) -> Tensor { Tensor.elementwise(Fmin(), self, other) }
    /// The smaller of each element and a number; the number where an element is NaN.
    public func fmin<S: TensorScalar>(_ other: S) -> Tensor { Tensor.elementwise(Fmin(), self, other) }
}

extension Operation {
    static let fmin = Operation(
        "fmin", dtypes: DType.real,
        [
            Sample("torch.fmin(x, y)", [Input([3, 4]), Input([3, 4])]) { $0[0].fmin($0[1]) },
            Sample("torch.fmin(x, y)", [Input([2, 3, 4]), Input([3, 1])]) { $0[0].fmin($0[1]) },
        ])
}

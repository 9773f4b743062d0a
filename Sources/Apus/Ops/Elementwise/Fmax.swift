import ApusKernelCalls

struct Fmax: BinaryPrimitive {
    static let kernel = Kernels.fmax
    static let savedForFirst: BinaryOperands.Uses = [.a, .b]
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        share(gradient, saved.a, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        share(gradient, saved.b, saved.a)
    }

    /// The part of the gradient that goes to `own`: the same as for `maximum`, but nothing where `own` alone is NaN.
    private static func share(_ gradient: Tensor, _ own: Tensor, _ other: Tensor) -> Tensor {
        let (own, other) = (own.detach(), other.detach())
        return Tensor.linearInFirst(Kernels.maximumGradient, gradient, own, other)
            .maskedFill(own.isNaN().logicalAnd(other.isNaN().logicalNot()), 0)
    }
}

extension Tensor {
    /// The larger of corresponding elements, with broadcasting; of a number and NaN the number.
    ///
    /// Where both are equal each gets half of the gradient. The result of `maximum` is NaN instead.
    public func fmax(_ other: Tensor) -> Tensor { Tensor.elementwise(Fmax(), self, other) }
    /// The larger of each element and a number; the number where an element is NaN.
    public func fmax<S: TensorScalar>(_ other: S) -> Tensor { Tensor.elementwise(Fmax(), self, other) }
}

extension Operation {
    static let fmax = Operation(
        "fmax", dtypes: DType.real,
        [
            Sample("torch.fmax(x, y)", [Input([3, 4]), Input([3, 4])]) { $0[0].fmax($0[1]) },
            Sample("torch.fmax(x, y)", [Input([2, 3, 4]), Input([3, 1])]) { $0[0].fmax($0[1]) },
        ])
}

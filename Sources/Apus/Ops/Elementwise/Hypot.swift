import ApusKernelCalls

struct Hypot: BinaryPrimitive {
    static let kernel = Kernels.hypot
    static let savedForFirst: BinaryOperands.Uses = [.a, .b]
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]
    var types: TypeRule { .function }

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient * Tensor.elementwise(HypotSlope(), saved.a, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient * Tensor.elementwise(HypotSlope(), saved.b, saved.a)
    }
}

/// a / h with h = √(a² + b²), 0 at the origin. Its derivatives are (b / h)(b / h²) and -(a / h)(b / h²).
struct HypotSlope: BinaryPrimitive {
    static let kernel = Kernels.hypotSlope
    static let savedForFirst: BinaryOperands.Uses = [.a, .b]
    static let savedForSecond: BinaryOperands.Uses = [.a, .b, .output]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient * Tensor.elementwise(HypotSlope(), saved.b, saved.a)
            * Tensor.elementwise(Atan2Slope(), saved.a, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        -gradient * saved.output * Tensor.elementwise(Atan2Slope(), saved.a, saved.b)
    }
}

extension Tensor {
    /// √(a² + b²), without overflow on the way; the gradient at the origin is 0.
    public func hypot(_ other: Tensor) -> Tensor { Tensor.elementwise(Hypot(), self, other) }
    /// √(a² + b²) of each element and a number, without overflow on the way.
    public func hypot<S: TensorScalar>(_ other: S) -> Tensor { Tensor.elementwise(Hypot(), self, other) }
}

extension Operation {
    static let hypot = Operation(
        "hypot", dtypes: DType.realFloating,
        [
            Sample("torch.hypot(x, y)", [Input([3, 4], 0.2, 2), Input([3, 4])]) { $0[0].hypot($0[1]) }
        ])
}

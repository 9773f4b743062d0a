import ApusKernelCalls

struct Atan2: BinaryPrimitive {
    static let kernel = Kernels.atan2
    static let savedForFirst: BinaryOperands.Uses = [.a, .b]
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]
    var types: TypeRule { .function }

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient * Tensor.elementwise(Atan2Slope(), saved.a, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        -gradient * Tensor.elementwise(Atan2Slope(), saved.b, saved.a)
    }
}

/// p = b / (a² + b²), 0 at the origin. With q = a / (a² + b²) its derivatives are -2pq and q² - p².
struct Atan2Slope: BinaryPrimitive {
    static let kernel = Kernels.atan2Slope
    static let savedForFirst: BinaryOperands.Uses = [.a, .b, .output]
    static let savedForSecond: BinaryOperands.Uses = [.a, .b, .output]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient * (-2 * saved.output * Tensor.elementwise(Atan2Slope(), saved.b, saved.a))
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        let other = Tensor.elementwise(Atan2Slope(), saved.b, saved.a)
        return gradient * ((other - saved.output) * (other + saved.output))
    }
}

extension Tensor {
    /// The angle in [-π, π] of the point whose y is this tensor and whose x is `other`.
    ///
    /// At the origin, where no direction is steepest, the gradient is 0.
    public func atan2(_ other: Tensor) -> Tensor { Tensor.elementwise(Atan2(), self, other) }
    /// The angle in [-π, π] of the points whose y are the elements and whose x is one number.
    public func atan2<S: TensorScalar>(_ other: S) -> Tensor { Tensor.elementwise(Atan2(), self, other) }
}

extension Operation {
    static let atan2 = Operation(
        "atan2", dtypes: DType.realFloating,
        [
            Sample("torch.atan2(x, y)", [Input([3, 4], 0.2, 2), Input([3, 4])]) { $0[0].atan2($0[1]) }
        ])
}

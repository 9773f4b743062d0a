import ApusKernelCalls

struct GELU: UnaryPrimitive {
    static let kernel = Kernels.gelu
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        Tensor.elementwise(GELUGradient(), backward.gradient, backward.input(0))
    }
}

private struct GELUGradient: BinaryPrimitive {
    static let kernel = Kernels.geluGradient
    static let savedForFirst = BinaryOperands.Uses.b
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.elementwise(GELUGradient(), gradient, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient * saved.a * curvature(saved.b)
    }

    /// The second derivative, φ(x)(2 - x²), φ the normal density.
    private static func curvature(_ x: Tensor) -> Tensor {
        let square = x.square()
        return (square * -0.5).exp() * 0.3989422804014327 * (2 - square)
    }
}

struct GELUTanh: UnaryPrimitive {
    static let kernel = Kernels.geluTanh
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        Tensor.elementwise(GELUTanhGradient(), backward.gradient, backward.input(0))
    }
}

private struct GELUTanhGradient: BinaryPrimitive {
    static let kernel = Kernels.geluTanhGradient
    static let savedForFirst = BinaryOperands.Uses.b
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.elementwise(GELUTanhGradient(), gradient, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient * saved.a * curvature(saved.b)
    }

    /// The second derivative of x s(u), s the logistic function and u = 2√(2/π)(x + 0.044715x³).
    private static func curvature(_ x: Tensor) -> Tensor {
        let (linear, cubic) = (1.5957691216057308, 0.07135481627159957)
        let square = x.square()
        let s = (x * (square * cubic + linear)).sigmoid()
        let slope = s * (1 - s)  // s'
        let u1 = square * (3 * cubic) + linear  // u'
        let u2 = x * (6 * cubic)  // u''
        let bend = u1.square() * (1 - 2 * s) + u2
        return slope * (u1 * 2 + x * bend)
    }
}

extension Tensor {
    /// x Φ(x), Φ the normal distribution's cumulative function (Hendrycks and Gimpel, 2016).
    public func gelu(_ approximation: GELUApproximation = .none) -> Tensor {
        switch approximation {
        case .none: elementwise(GELU())
        case .tanh: elementwise(GELUTanh())
        }
    }
}

extension Operation {
    static let gelu = Operation(
        "gelu", dtypes: DType.realFloating,
        [
            Sample("F.gelu(x)", [Input([3, 4], -4, 4)]) { $0[0].gelu() },
            Sample("F.gelu(x, approximate='tanh')", [Input([3, 4], -4, 4)]) { $0[0].gelu(.tanh) },
        ])
}

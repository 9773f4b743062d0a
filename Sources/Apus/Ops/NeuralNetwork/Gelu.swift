import ApusKernels

/// How `gelu` is computed.
public enum GELUApproximation: Sendable {
    /// With the error function.
    case none
    /// ½x(1 + tanh(√(2/π)(x + 0.044715x³))), as in GPT-2.
    case tanh
}

extension Tensor {
    /// x Φ(x), Φ the normal distribution's cumulative function (Hendrycks and Gimpel, 2016).
    public func gelu(_ approximation: GELUApproximation = .none) -> Tensor {
        switch approximation {
        case .none:
            elementwise(
                Kernels.gelu, floating: true,
                .input { gradient, x in Tensor.elementwise(.geluGradient, gradient, x) })
        case .tanh:
            elementwise(
                Kernels.geluTanh, floating: true,
                .input { gradient, x in Tensor.elementwise(.geluTanhGradient, gradient, x) })
        }
    }
}

extension BinaryRule {
    fileprivate static let geluGradient: BinaryRule = .init(
        Kernels.geluGradient,
        a: Partial(.b) { gradient, saved in Tensor.elementwise(.geluGradient, gradient, saved.b) },
        b: Partial([.a, .b]) { gradient, saved in gradient * saved.a * geluCurvature(saved.b) })

    fileprivate static let geluTanhGradient: BinaryRule = .init(
        Kernels.geluTanhGradient,
        a: Partial(.b) { gradient, saved in Tensor.elementwise(.geluTanhGradient, gradient, saved.b) },
        b: Partial([.a, .b]) { gradient, saved in gradient * saved.a * geluTanhCurvature(saved.b) })
}

/// The second derivative, φ(x)(2 - x²), φ the normal density.
private func geluCurvature(_ x: Tensor) -> Tensor {
    let square = x.square()
    return (square * -0.5).exp() * 0.3989422804014327 * (2 - square)
}

/// The second derivative of x s(u), s the logistic function and u = 2√(2/π)(x + 0.044715x³).
private func geluTanhCurvature(_ x: Tensor) -> Tensor {
    let (linear, cubic) = (1.5957691216057308, 0.07135481627159957)
    let square = x.square()
    let s = (x * (square * cubic + linear)).sigmoid()
    let slope = s * (1 - s)  // s'
    let u1 = square * (3 * cubic) + linear  // u'
    let u2 = x * (6 * cubic)  // u''
    let bend = u1.square() * (1 - 2 * s) + u2
    return slope * (u1 * 2 + x * bend)
}

extension Operation {
    static let gelu = Operation(
        "gelu", dtypes: DType.realFloating,
        [
            Sample("F.gelu(x)", [Input([3, 4], -4, 4)]) { $0[0].gelu() },
            Sample("F.gelu(x, approximate='tanh')", [Input([3, 4], -4, 4)]) { $0[0].gelu(.tanh) },
        ])
}

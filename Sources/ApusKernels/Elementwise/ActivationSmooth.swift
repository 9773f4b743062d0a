import ApusKernelBase
import ApusCore

extension Kernels {
    // Curved activations. In gradients `a` is the gradient of the result and `b` the input.

    package static let gelu = UnaryKernel(
        "gelu",
        map { (x: Float) in FloatMath.geluExact(x) },
        map { (x: Double) in DoubleMath.geluExact(x) })

    package static let geluGradient = BinaryKernel(
        "geluGradient",
        map { (a: Float, b: Float) in a * FloatMath.geluExactDerivative(b) },
        map { (a: Double, b: Double) in a * DoubleMath.geluExactDerivative(b) })

    package static let geluTanh = UnaryKernel(
        "geluTanh",
        map { (x: Float) in FloatMath.geluTanh(x) },
        map { (x: Double) in DoubleMath.geluTanh(x) })

    package static let geluTanhGradient = BinaryKernel(
        "geluTanhGradient",
        map { (a: Float, b: Float) in a * FloatMath.geluTanhDerivative(b) },
        map { (a: Double, b: Double) in a * DoubleMath.geluTanhDerivative(b) })

    package static let silu = UnaryKernel(
        "silu",
        map { (x: Float) in FloatMath.silu(x) },
        map { (x: Double) in DoubleMath.silu(x) })

    package static let siluGradient = BinaryKernel(
        "siluGradient",
        map { (a: Float, b: Float) in a * FloatMath.siluDerivative(b) },
        map { (a: Double, b: Double) in a * DoubleMath.siluDerivative(b) })

    package static let elu = BinaryKernel(
        "elu",
        map { (a: Float, b: Float) in a > 0 ? a : b * FloatMath.expm1(a) },
        map { (a: Double, b: Double) in a > 0 ? a : b * DoubleMath.expm1(a) })

    package static let eluGradient = TernaryKernel(
        "eluGradient",
        map { (a: Float, b: Float, c: Float) in b > 0 ? a : a * (c * FloatMath.exp(b)) },
        map { (a: Double, b: Double, c: Double) in b > 0 ? a : a * (c * DoubleMath.exp(b)) })

    package static let celu = BinaryKernel(
        "celu",
        map { (a: Float, b: Float) in a > 0 ? a : b * FloatMath.expm1(a / b) },
        map { (a: Double, b: Double) in a > 0 ? a : b * DoubleMath.expm1(a / b) })

    package static let celuGradient = TernaryKernel(
        "celuGradient",
        map { (a: Float, b: Float, c: Float) in b > 0 ? a : a * FloatMath.exp(b / c) },
        map { (a: Double, b: Double, c: Double) in b > 0 ? a : a * DoubleMath.exp(b / c) })

    package static let softplus = TernaryKernel(
        "softplus",
        map { (a: Float, b: Float, c: Float) in FloatMath.softplus(a, beta: b, threshold: c) },
        map { (a: Double, b: Double, c: Double) in DoubleMath.softplus(a, beta: b, threshold: c) })

    package static let softplusSlope = TernaryKernel(
        "softplusSlope",
        map { (a: Float, b: Float, c: Float) in FloatMath.softplusDerivative(a, beta: b, threshold: c) },
        map { (a: Double, b: Double, c: Double) in DoubleMath.softplusDerivative(a, beta: b, threshold: c) })

    package static let logSigmoid = UnaryKernel(
        "logSigmoid",
        map { (x: Float) in (x < 0 ? x : 0) - FloatMath.log1p(FloatMath.exp(-FloatMath.abs(x))) },
        map { (x: Double) in (x < 0 ? x : 0) - DoubleMath.log1p(DoubleMath.exp(-DoubleMath.abs(x))) })

    package static let logSigmoidGradient = BinaryKernel(
        "logSigmoidGradient",
        map { (a: Float, b: Float) in a * FloatMath.sigmoid(-b) },
        map { (a: Double, b: Double) in a * DoubleMath.sigmoid(-b) })

    package static let mish = UnaryKernel(
        "mish",
        map { (x: Float) in (x < -800 ? -800 : x) * mishFactor(FloatMath.exp(x > 20 ? 20 : x)) },
        map { (x: Double) in (x < -800 ? -800 : x) * mishFactor(DoubleMath.exp(x > 20 ? 20 : x)) })

    package static let mishGradient = BinaryKernel(
        "mishGradient",
        map { (a: Float, b: Float) in
            mishGradientAt(a, b, FloatMath.exp(b > 20 ? 20 : b), FloatMath.sigmoid(b))
        },
        map { (a: Double, b: Double) in
            mishGradientAt(a, b, DoubleMath.exp(b > 20 ? 20 : b), DoubleMath.sigmoid(b))
        })
}

/// tanh(log(1 + eˣ)) from e = eˣ, which is n / (n + 2) with n = e (e + 2); 1 within rounding from x = 20 on.
@inline(__always)
private func mishFactor<T: BinaryFloatingPoint>(_ e: T) -> T {
    let n = e * (e + 2)
    return n / (n + 2)
}

@inline(__always)
private func mishGradientAt<T: BinaryFloatingPoint>(_ gradient: T, _ x: T, _ e: T, _ sigmoid: T) -> T {
    let t = mishFactor(e)
    // In the tails an infinite x would meet a zero.
    let bounded: T = x < -800 ? -800 : x > 800 ? 800 : x
    return gradient * (t + bounded * sigmoid * (1 - t * t))
}

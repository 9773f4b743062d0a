import Glibc

extension DoubleMath {
    /// The error function.
    @inlinable @inline(__always)
    package static func erf(_ x: Double) -> Double { Glibc.erf(x) }

    /// Φ(x) of the standard normal distribution.
    @inlinable @inline(__always)
    package static func normalCumulative(_ x: Double) -> Double { 0.5 * Glibc.erfc(x * -0.7071067811865476) }

    /// 1 / (1 + e⁻ˣ), within 2 ulp.
    @inlinable @inline(__always)
    package static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// s = sigmoid(x) and its derivative s · (1 - s), which loses no digits where s is close to 1.
    @inlinable @inline(__always)
    package static func sigmoidAndSlope(_ x: Double) -> (sigmoid: Double, slope: Double) {
        let e = exp(-abs(x))
        let upper = 1 / (1 + e)
        let lower = e * upper
        return (select(x > 0, upper, lower), lower * upper)
    }

    /// x · sigmoid(x); its limit -0 at -infinity.
    @inlinable @inline(__always)
    package static func silu(_ x: Double) -> Double { select(x < -800, -800, x) / (1 + exp(-x)) }

    /// d silu / dx = s · (1 + x · (1 - s)), s = sigmoid(x).
    @inlinable @inline(__always)
    package static func siluDerivative(_ x: Double) -> Double {
        let (s, slope) = sigmoidAndSlope(x)
        return fma(clampedToTails(x), slope, s)
    }

    /// x · Φ(x) = ½x(1 + erf(x/√2)); its limit -0 at -infinity.
    @inlinable @inline(__always)
    package static func geluExact(_ x: Double) -> Double { select(x < -800, -800, x) * normalCumulative(x) }

    /// d gelu / dx = Φ(x) + x · φ(x).
    @inlinable @inline(__always)
    package static func geluExactDerivative(_ x: Double) -> Double {
        let bounded = clampedToTails(x)
        let density = 0.3989422804014327 * exp(-0.5 * bounded * bounded)
        return fma(bounded, density, normalCumulative(x))
    }

    /// ½x(1 + tanh(√(2/π)(x + 0.044715x³))), written as x · sigmoid of twice the argument.
    @inlinable @inline(__always)
    package static func geluTanh(_ x: Double) -> Double {
        select(x < -800, -800, x) / (1 + exp(-geluTanhArgument(x)))
    }

    /// The derivative of `geluTanh`.
    @inlinable @inline(__always)
    package static func geluTanhDerivative(_ x: Double) -> Double {
        let bounded = clampedToTails(x)
        let (s, sigmoidSlope) = sigmoidAndSlope(geluTanhArgument(x))
        let slope = fma(0.21406444881780076, bounded * bounded, 1.5957691216057308)
        return fma(bounded * slope, sigmoidSlope, s)
    }

    /// log(1 + e^(βx)) / β, or x itself where βx > threshold, as PyTorch has it.
    @inlinable @inline(__always)
    package static func softplus(_ x: Double, beta: Double, threshold: Double) -> Double {
        let scaled = x * beta
        let value = log1p(exp(scaled)) / beta
        return select(scaled > threshold, x, value)
    }

    /// d softplus / dx = sigmoid(βx), or 1 where βx > threshold.
    @inlinable @inline(__always)
    package static func softplusDerivative(_ x: Double, beta: Double, threshold: Double) -> Double {
        let scaled = x * beta
        let value = sigmoid(scaled)
        return select(scaled > threshold, 1, value)
    }

    /// 2√(2/π)(x + 0.044715x³).
    @inlinable @inline(__always)
    package static func geluTanhArgument(_ x: Double) -> Double {
        x * fma(0.07135481627260025, x * x, 1.5957691216057308)
    }

    /// x limited to ±800, where every tail has vanished, so that infinity times zero does not appear.
    @inlinable @inline(__always)
    package static func clampedToTails(_ x: Double) -> Double {
        let below = select(x > 800, 800, x)
        return select(below < -800, -800, below)
    }
}

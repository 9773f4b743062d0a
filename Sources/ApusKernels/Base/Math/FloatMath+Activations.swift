extension FloatMath {
    /// 1 / (1 + e⁻ˣ), within 2 ulp.
    @inlinable @inline(__always)
    package static func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

    /// s = sigmoid(x) and its derivative s · (1 - s), which loses no digits where s is close to 1. NaN is not kept.
    @inlinable @inline(__always)
    package static func sigmoidAndSlope(_ x: Float) -> (sigmoid: Float, slope: Float) {
        let e = expOfNegative(-abs(x))
        let upper = 1 / (1 + e)
        let lower = e * upper
        return (select(x > 0, upper, lower), lower * upper)
    }

    /// x · sigmoid(x), within 3 ulp; its limit -0 at -infinity.
    @inlinable @inline(__always)
    package static func silu(_ x: Float) -> Float { select(x < -120, -120, x) / (1 + exp(-x)) }

    /// d silu / dx = s · (1 + x · (1 - s)), s = sigmoid(x).
    @inlinable @inline(__always)
    package static func siluDerivative(_ x: Float) -> Float {
        let (s, slope) = sigmoidAndSlope(x)
        return fma(clampedToTails(x), slope, s)
    }

    /// x · Φ(x) = ½x(1 + erf(x/√2)), computed as max(x, 0) - |x| · Φ(-|x|): within 5 ulp from -1 on, below with
    /// the relative error of `normalTail`, where ½(1 + erf) would keep no digit; zero below -12.6.
    @inlinable @inline(__always)
    package static func geluExact(_ x: Float) -> Float {
        let magnitude = abs(x)
        let a = select(magnitude > 12.651, 12.651, magnitude)
        // A comparison that is false for NaN lets NaN through.
        return fma(-a, normalTail(a), select(x < 0, 0, x))
    }

    /// d gelu / dx = Φ(x) + x · φ(x).
    @inlinable @inline(__always)
    package static func geluExactDerivative(_ x: Float) -> Float {
        let magnitude = abs(x)
        let bounded = select(magnitude > 13.25, 13.25, magnitude)
        let (tail, density) = normalTailAndDensity(bounded)
        return fma(copySign(bounded, x), density, select(x > 0, 1 - tail, tail))
    }

    /// ½x(1 + tanh(√(2/π)(x + 0.044715x³))), written as x · sigmoid of twice the argument.
    @inlinable @inline(__always)
    package static func geluTanh(_ x: Float) -> Float {
        select(x < -120, -120, x) / (1 + exp(-geluTanhArgument(x)))
    }

    /// The derivative of `geluTanh`.
    @inlinable @inline(__always)
    package static func geluTanhDerivative(_ x: Float) -> Float {
        let bounded = clampedToTails(x)
        let (s, sigmoidSlope) = sigmoidAndSlope(geluTanhArgument(x))
        let slope = fma(0.21406029, bounded * bounded, 1.5957691)
        return fma(bounded * slope, sigmoidSlope, s)
    }

    /// log(1 + e^(βx)) / β, or x itself where βx > threshold, as PyTorch has it.
    @inlinable @inline(__always)
    package static func softplus(_ x: Float, beta: Float, threshold: Float) -> Float {
        let scaled = x * beta
        let value = log1p(exp(scaled)) / beta
        return select(scaled > threshold, x, value)
    }

    /// d softplus / dx = sigmoid(βx), or 1 where βx > threshold.
    @inlinable @inline(__always)
    package static func softplusDerivative(_ x: Float, beta: Float, threshold: Float) -> Float {
        let scaled = x * beta
        let value = sigmoid(scaled)
        return select(scaled > threshold, 1, value)
    }

    /// 2√(2/π)(x + 0.044715x³).
    @inlinable @inline(__always)
    package static func geluTanhArgument(_ x: Float) -> Float {
        x * fma(0.071354814, x * x, 1.5957691)
    }

    /// x limited to ±120, where every tail has vanished, so that infinity times zero does not appear.
    @inlinable @inline(__always)
    package static func clampedToTails(_ x: Float) -> Float {
        let below = select(x > 120, 120, x)
        return select(below < -120, -120, below)
    }
}

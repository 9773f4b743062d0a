extension FloatMath {
    /// x = m·2ᵉ with m in [√½, √2), for positive finite x, subnormal ones included.
    @inlinable @inline(__always)
    package static func splitExponent(_ x: Float) -> (exponent: Float, mantissa: Float) {
        let isSubnormal = x < .leastNormalMagnitude
        let scaled = select(isSubnormal, x * 8_388_608, x)
        let offset = select(isSubnormal, -23, 0)
        let bits = Int32(bitPattern: scaled.bitPattern) &- 0x3f35_04f3
        let mantissa = UInt32(bitPattern: (bits & 0x007f_ffff) &+ 0x3f35_04f3)
        return (Float(bits &>> 23) + offset, Float(bitPattern: mantissa))
    }

    /// (log(1 + f) - f) / f² for 1 + f in [√½, √2).
    @inlinable @inline(__always)
    package static func logCorrection(_ f: Float) -> Float {
        var p = fma(0.06915858, f, -0.11794155)
        p = fma(p, f, 0.11874984)
        p = fma(p, f, -0.12383782)
        p = fma(p, f, 0.14218338)
        p = fma(p, f, -0.16669272)
        p = fma(p, f, 0.20002241)
        p = fma(p, f, -0.24999987)
        p = fma(p, f, 0.3333331)
        return fma(p, f, -0.5)
    }

    /// Replaces `value` by the special results of a logarithm where x is not positive and finite.
    @inlinable @inline(__always)
    package static func logSpecialCases(_ x: Float, _ value: Float) -> Float {
        let finite = select(x == .infinity, x, value)
        let notPositive = select(x == 0, -.infinity, .nan)
        return select(x > 0, finite, notPositive)
    }

    /// The natural logarithm, within 1 ulp; -infinity at zero, NaN below.
    @inlinable @inline(__always)
    package static func log(_ x: Float) -> Float {
        let (e, m) = splitExponent(x)
        let f = m - 1
        let low = fma(f * f, logCorrection(f), e * -1.904654323148236e-9)
        return logSpecialCases(x, fma(e, 0.693147182464599609375, f + low))
    }

    /// The logarithm to base 2, within 2 ulp; exact for powers of two.
    @inlinable @inline(__always)
    package static func log2(_ x: Float) -> Float {
        let (e, m) = splitExponent(x)
        let f = m - 1
        let natural = fma(f * f, logCorrection(f), f)
        let low = natural * 1.92596298909109e-8
        return logSpecialCases(x, e + fma(natural, 1.44269502162933349609375, low))
    }

    /// The logarithm to base 10, within 2 ulp.
    @inlinable @inline(__always)
    package static func log10(_ x: Float) -> Float {
        let (e, m) = splitExponent(x)
        let f = m - 1
        let natural = fma(f * f, logCorrection(f), f)
        let low = fma(e, 4.6050389811980175e-6, natural * -1.0103050118726031e-8)
        let fraction = fma(natural, 0.4342944920063018798828125, low)
        return logSpecialCases(x, fma(e, 0.301025390625, fraction))
    }

    /// log(1 + x) without loss near zero, within 2 ulp.
    @inlinable @inline(__always)
    package static func log1p(_ x: Float) -> Float {
        // u + error is exactly 1 + x; the error is scaled along with u.
        let u = 1 + x
        let back = u - 1
        let error = (x - back) + (1 - (u - back))
        let bits = Int32(bitPattern: u.bitPattern) &- 0x3f35_04f3
        let mantissa = UInt32(bitPattern: (bits & 0x007f_ffff) &+ 0x3f35_04f3)
        let exponent = bits &>> 23
        let inverse = Float(bitPattern: UInt32(bitPattern: (127 &- exponent) &<< 23))
        let scale = select(exponent < 64, inverse, 0)
        let f = fma(error, scale, Float(bitPattern: mantissa) - 1)
        let e = Float(exponent)
        let low = fma(f * f, logCorrection(f), e * -1.904654323148236e-9)
        let value = logSpecialCases(u, fma(e, 0.693147182464599609375, f + low))
        // Tiny and zero arguments keep their sign.
        return copySign(value, x)
    }
}

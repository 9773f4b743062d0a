import Glibc

extension DoubleMath {
    /// e·ln 2 + log(m) for m = 1 + f in [√½, √2), after fdlibm: f - (f²/2 - s(f²/2 + R(s²))), s = f/(2 + f).
    @inlinable @inline(__always)
    package static func logOfParts(_ e: Double, _ f: Double) -> Double {
        let s = f / (2 + f)
        let z = s * s
        var p = fma(0.14795753504315448, z, 0.1531407400364785)
        p = fma(p, z, 0.1818356322355155)
        p = fma(p, z, 0.22222198599036824)
        p = fma(p, z, 0.28571428742073235)
        p = fma(p, z, 0.3999999999941652)
        p = fma(p, z, 0.6666666666666734)
        let halfSquare = 0.5 * f * f
        let low = fma(s, fma(p, z, halfSquare), e * 1.9082149292705877e-10)
        // The high part of ln 2 has 33 bits, so that its product with e is exact.
        return fma(e, 0.6931471803691238, f - (halfSquare - low))
    }

    /// Replaces `value` by the special results of a logarithm where x is not positive and finite.
    @inlinable @inline(__always)
    package static func logSpecialCases(_ x: Double, _ value: Double) -> Double {
        let finite = select(x == .infinity, x, value)
        let notPositive = select(x == 0, -.infinity, .nan)
        return select(x > 0, finite, notPositive)
    }

    /// The natural logarithm, within 1 ulp; -infinity at zero, NaN below.
    @inlinable @inline(__always)
    package static func log(_ x: Double) -> Double {
        let isSubnormal = x < .leastNormalMagnitude
        let scaled = select(isSubnormal, x * 4_503_599_627_370_496, x)
        let bits = Int64(bitPattern: scaled.bitPattern) &- 0x3fe6_a09e_667f_3bcd
        let mantissa = UInt64(bitPattern: (bits & 0x000f_ffff_ffff_ffff) &+ 0x3fe6_a09e_667f_3bcd)
        let e = Double(bits &>> 52) + select(isSubnormal, -52, 0)
        return logSpecialCases(x, logOfParts(e, Double(bitPattern: mantissa) - 1))
    }

    /// log(1 + x) without loss near zero, within 2 ulp.
    @inlinable @inline(__always)
    package static func log1p(_ x: Double) -> Double {
        // u + error is exactly 1 + x; the error is scaled along with u.
        let u = 1 + x
        let back = u - 1
        let error = (x - back) + (1 - (u - back))
        let bits = Int64(bitPattern: u.bitPattern) &- 0x3fe6_a09e_667f_3bcd
        let mantissa = UInt64(bitPattern: (bits & 0x000f_ffff_ffff_ffff) &+ 0x3fe6_a09e_667f_3bcd)
        let exponent = bits &>> 52
        let inverse = Double(bitPattern: UInt64(bitPattern: (1023 &- exponent) &<< 52))
        let scale = select(exponent < 512, inverse, 0)
        let f = fma(error, scale, Double(bitPattern: mantissa) - 1)
        return copySign(logSpecialCases(u, logOfParts(Double(exponent), f)), x)
    }

    /// The logarithm to base 2.
    @inlinable @inline(__always)
    package static func log2(_ x: Double) -> Double { Glibc.log2(flushed(x)) }

    /// The logarithm to base 10.
    @inlinable @inline(__always)
    package static func log10(_ x: Double) -> Double { Glibc.log10(flushed(x)) }

    /// xʸ, with the special cases of C's `pow`.
    @inlinable @inline(__always)
    package static func pow(_ x: Double, _ y: Double) -> Double { Glibc.pow(flushed(x), flushed(y)) }

    /// The cube root.
    @inlinable @inline(__always)
    package static func cbrt(_ x: Double) -> Double { Glibc.cbrt(flushed(x)) }
}

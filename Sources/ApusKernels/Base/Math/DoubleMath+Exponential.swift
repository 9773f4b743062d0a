import Glibc

extension DoubleMath {
    /// x = n·ln 2 + r with |r| ≤ ln 2 / 2; `shifted` holds n in its low bits.
    @inlinable @inline(__always)
    package static func reduceByLog2(_ x: Double) -> (shifted: Double, remainder: Double) {
        let shifted = fma(x, 1.4426950408889634, roundingShift)
        let n = shifted - roundingShift
        return (shifted, fma(n, -2.3190468138462996e-17, fma(n, -0.6931471805599453, x)))
    }

    /// eʳ for a reduced argument; relative error 4e-18 before rounding.
    @inlinable @inline(__always)
    package static func expOfReduced(_ r: Double) -> Double {
        var q = fma(2.5019739520725103e-08, r, 2.7630740682505316e-07)
        q = fma(q, r, 2.755753107067647e-06)
        q = fma(q, r, 2.4801491768482576e-05)
        q = fma(q, r, 0.00019841269560203617)
        q = fma(q, r, 0.0013888888944851793)
        q = fma(q, r, 0.008333333333473768)
        q = fma(q, r, 0.041666666666525805)
        q = fma(q, r, 0.16666666666666438)
        q = fma(q, r, 0.5000000000000011)
        return fma(q, r * r, r) + 1
    }

    /// eˣ, within 1 ulp; infinity above 709.78, zero below -708.39.
    @inlinable @inline(__always)
    package static func exp(_ x: Double) -> Double {
        let (shifted, r) = reduceByLog2(x)
        let value = Double(bitPattern: expOfReduced(r).bitPattern &+ (shifted.bitPattern &<< 52))
        let overflowed = select(x > 709.782712893384, .infinity, value)
        let underflowed = select(x < -708.3964185322641, 0, overflowed)
        return select(x != x, x, underflowed)
    }

    /// eˣ - 1 for x ≤ 709.78; -1 below -38. NaN and the sign of zero need care by the caller.
    @inlinable @inline(__always)
    package static func expm1BelowOverflow(_ x: Double) -> Double {
        let clamped = select(x < -38, -38, x)
        let (shifted, r) = reduceByLog2(clamped)
        var q = fma(2.5114462210447368e-08, r, 2.7626327340567545e-07)
        q = fma(q, r, 2.7557227987017084e-06)
        q = fma(q, r, 2.4801504443605134e-05)
        q = fma(q, r, 0.00019841269902994723)
        q = fma(q, r, 0.001388888893238117)
        q = fma(q, r, 0.008333333333314607)
        q = fma(q, r, 0.041666666666573614)
        q = fma(q, r, 0.16666666666666685)
        q = fma(q, r, 0.5000000000000006)
        let reduced = fma(q, r * r, r)
        let half = Double(bitPattern: (shifted.bitPattern &<< 52) &+ 0x3fe0_0000_0000_0000)
        let result = fma(half, reduced, half - 0.5)
        return result + result
    }

    /// eˣ - 1 without cancellation near zero, within 2 ulp.
    @inlinable @inline(__always)
    package static func expm1(_ x: Double) -> Double {
        let value = expm1BelowOverflow(x)
        return copySign(select(x > 709.782712893384, .infinity, value), x)
    }

    /// tanh x, within 3 ulp.
    @inlinable @inline(__always)
    package static func tanh(_ x: Double) -> Double {
        let t = expm1BelowOverflow(-2 * abs(x))
        return copySign(-t / (2 + t), x)
    }

    /// 2ˣ.
    @inlinable @inline(__always)
    package static func exp2(_ x: Double) -> Double { Glibc.exp2(x) }

    /// sinh x.
    @inlinable @inline(__always)
    package static func sinh(_ x: Double) -> Double { Glibc.sinh(x) }

    /// cosh x.
    @inlinable @inline(__always)
    package static func cosh(_ x: Double) -> Double { Glibc.cosh(x) }

    /// asinh x.
    @inlinable @inline(__always)
    package static func asinh(_ x: Double) -> Double { Glibc.asinh(x) }

    /// acosh x; NaN below 1.
    @inlinable @inline(__always)
    package static func acosh(_ x: Double) -> Double { Glibc.acosh(x) }

    /// atanh x; NaN outside [-1, 1].
    @inlinable @inline(__always)
    package static func atanh(_ x: Double) -> Double { Glibc.atanh(x) }
}

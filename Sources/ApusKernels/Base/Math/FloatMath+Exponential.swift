extension FloatMath {
    /// x = n·ln 2 + r with |r| ≤ ln 2 / 2; `shifted` holds n in its low bits.
    @inlinable @inline(__always)
    package static func reduceByLog2(_ x: Float) -> (shifted: Float, remainder: Float) {
        let shifted = fma(x, 1.442695041, roundingShift)
        let n = shifted - roundingShift
        return (shifted, fma(n, 1.904654323148236e-9, fma(n, -0.693147182464599609375, x)))
    }

    /// eʳ for a reduced argument; relative error 3.2e-9 before rounding.
    @inlinable @inline(__always)
    package static func expOfReduced(_ r: Float) -> Float {
        var q = fma(0.0013836497, r, 0.008369135)
        q = fma(q, r, 0.041668106)
        q = fma(q, r, 0.16666517)
        q = fma(q, r, 0.49999994)
        return fma(fma(q, r, 1), r, 1)
    }

    /// eˣ for x in [-87.3, 88.3], where no result overflows or underflows. NaN is not kept.
    @inlinable @inline(__always)
    package static func expInRange(_ x: Float) -> Float {
        let (shifted, r) = reduceByLog2(x)
        return Float(bitPattern: expOfReduced(r).bitPattern &+ (shifted.bitPattern &<< 23))
    }

    /// eˣ, within 1 ulp; infinity from 88.72284 on, zero below -87.3365.
    @inlinable @inline(__always)
    package static func exp(_ x: Float) -> Float {
        let underflowed = expOfNegative(x)
        // One comparison for what is too large and for NaN, which the product makes infinity and NaN.
        return select(x <= 88.72283, underflowed, x * .greatestFiniteMagnitude)
    }

    /// eˣ for x ≤ 0, where nothing overflows. NaN is not kept.
    @inlinable @inline(__always)
    package static func expOfNegative(_ x: Float) -> Float {
        select(x < -87.33654, 0, expInRange(x))
    }

    /// eˣ / 2, which overflows only above 89.4159.
    @inlinable @inline(__always)
    package static func halfExp(_ x: Float) -> Float {
        let (shifted, r) = reduceByLog2(x)
        let scale = (shifted.bitPattern &- 1) &<< 23
        let value = Float(bitPattern: expOfReduced(r).bitPattern &+ scale)
        let overflowed = select(x > 89.415985, .infinity, value)
        let underflowed = select(x < -86.6, 0, overflowed)
        return select(x != x, x, underflowed)
    }

    /// 2ˣ for x in [-127, 127.5]; less than a normal number from -126 down. NaN is not kept.
    @inlinable @inline(__always)
    package static func exp2InRange(_ x: Float) -> Float {
        let shifted = x + roundingShift
        let r = x - (shifted - roundingShift)
        var q = fma(0.00015476302, r, 0.001340027)
        q = fma(q, r, 0.009618004)
        q = fma(q, r, 0.05550328)
        q = fma(q, r, 0.2402265)
        q = fma(q, r, 0.6931472)
        return Float(bitPattern: fma(q, r, 1).bitPattern &+ (shifted.bitPattern &<< 23))
    }

    /// 2ˣ, within 1 ulp; infinity from 128, zero below -126.
    @inlinable @inline(__always)
    package static func exp2(_ x: Float) -> Float {
        let overflowed = select(x >= 128, .infinity, exp2InRange(x))
        let underflowed = select(x < -126, 0, overflowed)
        return select(x != x, x, underflowed)
    }

    /// eˣ - 1 for x ≤ 88.72; -1 below -17.5. NaN and the sign of zero need care by the caller.
    @inlinable @inline(__always)
    package static func expm1BelowOverflow(_ x: Float) -> Float {
        // A comparison that is false for NaN lets NaN through.
        let clamped = select(x < -17.5, -17.5, x)
        let (shifted, r) = reduceByLog2(clamped)
        var q = fma(0.0013917658, r, 0.008367099)
        q = fma(q, r, 0.041666612)
        q = fma(q, r, 0.16666539)
        q = fma(q, r, 0.5)
        let reduced = fma(q, r * r, r)
        // Half of 2ⁿ, because n reaches 128.
        let half = Float(bitPattern: (shifted.bitPattern &<< 23) &+ 0x3f00_0000)
        let result = fma(half, reduced, half - 0.5)
        return result + result
    }

    /// eˣ - 1 without cancellation near zero, within 2 ulp.
    @inlinable @inline(__always)
    package static func expm1(_ x: Float) -> Float {
        let value = expm1BelowOverflow(x)
        return copySign(select(x > 88.72284, .infinity, value), x)
    }
}

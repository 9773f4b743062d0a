extension FloatMath {
    /// tanh x, within 3 ulp; exactly 1 from 9.0109 on, where that is the nearest number.
    @inlinable @inline(__always)
    package static func tanh(_ x: Float) -> Float {
        // 2 t / (1 + t²) with t = tanh(a / 2) = a P(a²) / Q(a²), a minimax fit: where tanh is near 1, errors of t hardly
        // count. P and Q begin with 0.8875 and 1.775, which round more finely than numbers just above a power of two.
        let a = abs(x)
        let z = a * a
        let p = fma(fma(0.00010133016, z, 0.026420644), z, 0.8875)
        let q = fma(fma(fma(2.1789242e-06, z, 0.002140891), z, 0.20075786), z, 1.775)
        let n = a * p
        let value = (n + n) * q / fma(q, q, n * n)
        // Comparisons that are false for NaN let NaN through.
        return copySign(select(mask(value > 1) | mask(a > 9.0109), 1, value), x)
    }

    /// sinh x, within 2 ulp.
    @inlinable @inline(__always)
    package static func sinh(_ x: Float) -> Float {
        let a = abs(x)
        let z = x * x
        var p = fma(2.7839255e-06, z, 0.00019842635)
        p = fma(p, z, 0.008333311)
        p = fma(p, z, 0.16666667)
        let small = fma(p, z * a, a)
        let half = halfExp(a)
        return copySign(select(a < 1, small, half - 0.25 / half), x)
    }

    /// cosh x, within 2 ulp.
    @inlinable @inline(__always)
    package static func cosh(_ x: Float) -> Float {
        let half = halfExp(abs(x))
        return half + 0.25 / half
    }

    /// asinh x, within 3 ulp.
    @inlinable @inline(__always)
    package static func asinh(_ x: Float) -> Float {
        let a = abs(x)
        let isLarge = a > 1e4
        let z = a * a
        let argument = select(isLarge, a - 1, a + z / (1 + (1 + z).squareRoot()))
        return copySign(log1p(argument) + select(isLarge, 0.6931471805599453, 0), x)
    }

    /// acosh x, within 3 ulp; NaN below 1.
    @inlinable @inline(__always)
    package static func acosh(_ x: Float) -> Float {
        let t = x - 1
        let isLarge = x > 1e4
        let argument = select(isLarge, t, t + fma(t, t, t + t).squareRoot())
        let value = log1p(argument) + select(isLarge, 0.6931471805599453, 0)
        return select(x < 1, .nan, value)
    }

    /// atanh x, within 3 ulp; infinite at ±1, NaN beyond.
    @inlinable @inline(__always)
    package static func atanh(_ x: Float) -> Float {
        let a = abs(x)
        let value = 0.5 * log1p((a + a) / (1 - a))
        return copySign(value, x)
    }
}

extension FloatMath {
    /// tanh x, within 2 ulp; 1 wherever that is the nearest number.
    @inline(__always)
    static func tanh(_ x: Float) -> Float {
        let a = abs(x)
        let z = a * a
        var p = fma(-0.005704987, z, 0.020639088)
        p = fma(p, z, -0.053739715)
        p = fma(p, z, 0.13331442)
        p = fma(p, z, -0.3333328)
        let small = fma(p, z * a, a)
        // 1 - 2 / (e²ᵃ + 1), whose rounding errors are those of numbers near 1.
        let bounded = select(a > 20, 20, a)
        let large = 1 - 2 / (expInRange(bounded + bounded) + 1)
        // A comparison that is false for NaN lets NaN through.
        return copySign(select(a > 0.625, large, small), x)
    }

    /// sinh x, within 2 ulp.
    @inline(__always)
    static func sinh(_ x: Float) -> Float {
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
    @inline(__always)
    static func cosh(_ x: Float) -> Float {
        let half = halfExp(abs(x))
        return half + 0.25 / half
    }

    /// asinh x, within 3 ulp.
    @inline(__always)
    static func asinh(_ x: Float) -> Float {
        let a = abs(x)
        let isLarge = a > 1e4
        let z = a * a
        let argument = select(isLarge, a - 1, a + z / (1 + (1 + z).squareRoot()))
        return copySign(log1p(argument) + select(isLarge, 0.6931471805599453, 0), x)
    }

    /// acosh x, within 3 ulp; NaN below 1.
    @inline(__always)
    static func acosh(_ x: Float) -> Float {
        let t = x - 1
        let isLarge = x > 1e4
        let argument = select(isLarge, t, t + fma(t, t, t + t).squareRoot())
        let value = log1p(argument) + select(isLarge, 0.6931471805599453, 0)
        return select(x < 1, .nan, value)
    }

    /// atanh x, within 3 ulp; infinite at ±1, NaN beyond.
    @inline(__always)
    static func atanh(_ x: Float) -> Float {
        let a = abs(x)
        let value = 0.5 * log1p((a + a) / (1 - a))
        return copySign(value, x)
    }
}

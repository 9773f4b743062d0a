extension FloatMath {
    /// atan u for u in [-1, 1].
    @inlinable @inline(__always)
    package static func atanInUnit(_ u: Float) -> Float {
        let z = u * u
        var p = fma(-0.0017831392, z, 0.010869602)
        p = fma(p, z, -0.031098)
        p = fma(p, z, 0.057881925)
        p = fma(p, z, -0.0839932)
        p = fma(p, z, 0.10950882)
        p = fma(p, z, -0.14264016)
        p = fma(p, z, 0.1999853)
        p = fma(p, z, -0.333333)
        return fma(p, z * u, u)
    }

    /// atan x, within 2 ulp.
    @inlinable @inline(__always)
    package static func atan(_ x: Float) -> Float {
        let a = abs(x)
        let isLarge = a > 1
        let p = atanInUnit(select(isLarge, -1 / a, a))
        let value = select(isLarge, 1.57079637050628662109375 + (p - 4.37113900018624283e-8), p)
        return copySign(value, x)
    }

    /// The angle of the point (x, y), in [-π, π], within 3 ulp; signs of zeros and infinities as in C.
    @inlinable @inline(__always)
    package static func atan2(_ y: Float, _ x: Float) -> Float {
        let ax = abs(x)
        let ay = abs(y)
        let isSteep = ay > ax
        let larger = select(isSteep, ay, ax)
        let smaller = select(isSteep, ax, ay)
        let ratio = select(smaller == larger, select(larger == 0, 0, 1), smaller / larger)
        let p = atanInUnit(ratio)
        let first = select(isSteep, 1.57079637050628662109375 - (p + 4.37113900018624283e-8), p)
        let isLeft = Int32(bitPattern: x.bitPattern) < 0
        let value = select(isLeft, 3.1415927410125732421875 - (first + 8.74227800037248566e-8), first)
        return select(x != x, x, select(y != y, y, copySign(value, y)))
    }

    /// (asin s - s) / s³ as a function of s² ≤ ¼.
    @inlinable @inline(__always)
    package static func asinCorrection(_ z: Float) -> Float {
        var p = fma(0.042219803, z, 0.024148127)
        p = fma(p, z, 0.04547666)
        p = fma(p, z, 0.07495249)
        return fma(p, z, 0.16666754)
    }

    /// asin x, within 2 ulp; NaN outside [-1, 1].
    @inlinable @inline(__always)
    package static func asin(_ x: Float) -> Float {
        let a = abs(x)
        let isLarge = a > 0.5
        let z = select(isLarge, fma(-0.5, a, 0.5), a * a)
        let s = select(isLarge, z.squareRoot(), a)
        let p = fma(asinCorrection(z), z * s, s)
        let value = select(isLarge, fma(-2, p, 1.57079637050628662109375) - 4.37113900018624283e-8, p)
        return copySign(value, x)
    }

    /// acos x, within 2 ulp; NaN outside [-1, 1].
    @inlinable @inline(__always)
    package static func acos(_ x: Float) -> Float {
        let a = abs(x)
        let isLarge = a > 0.5
        let z = select(isLarge, fma(-0.5, a, 0.5), a * a)
        let s = select(isLarge, z.squareRoot(), x)
        let p = fma(asinCorrection(z), z * s, s)
        let left = 3.1415927410125732421875 - (fma(2, p, 8.74227800037248566e-8))
        let outer = select(x > 0, p + p, left)
        return select(isLarge, outer, 1.57079637050628662109375 - (p + 4.37113900018624283e-8))
    }
}

/// Elementary functions of `Float` for kernel loops.
///
/// Every function is free of branches and calls unless its comment says otherwise, so that a plain
/// loop over unsafe pointers becomes vector code. Polynomial coefficients are minimax fits of the
/// stated form, rounded to `Float`. Results smaller than the least normal magnitude may be zero.
@usableFromInline package enum FloatMath {
    /// 1.5 · 2²³: adding it rounds to the nearest integer, which then sits in the low mantissa bits.
    @inlinable package static var roundingShift: Float { 12_582_912 }

    /// `a * b + c` with one rounding.
    @inlinable @inline(__always)
    package static func fma(_ a: Float, _ b: Float, _ c: Float) -> Float { c.addingProduct(a, b) }

    /// `magnitude` with the sign bit of `sign`; the magnitude's own sign bit is replaced.
    @inlinable @inline(__always)
    package static func copySign(_ magnitude: Float, _ sign: Float) -> Float {
        Float(bitPattern: (magnitude.bitPattern & 0x7fff_ffff) | (sign.bitPattern & 0x8000_0000))
    }

    /// `a` where the condition holds, else `b`, without a branch.
    ///
    /// The optimiser moves the operands of `?:` into the branches, which keeps a loop from vectorising.
    @inlinable @inline(__always)
    package static func select(_ condition: Bool, _ a: Float, _ b: Float) -> Float {
        select(mask(condition), a, b)
    }

    /// `a` where the mask is all ones, `b` where it is zero.
    @inlinable @inline(__always)
    package static func select(_ mask: UInt32, _ a: Float, _ b: Float) -> Float {
        Float(bitPattern: (a.bitPattern & mask) | (b.bitPattern & ~mask))
    }

    /// All ones where the condition holds; masks combine with `&` and `|`, where `&&` and `||` would branch.
    @inlinable @inline(__always)
    package static func mask(_ condition: Bool) -> UInt32 { condition ? 0xffff_ffff : 0 }

    /// The absolute value.
    @inlinable @inline(__always)
    package static func abs(_ x: Float) -> Float { Float(bitPattern: x.bitPattern & 0x7fff_ffff) }

    /// The square root, correctly rounded.
    @inlinable @inline(__always)
    package static func sqrt(_ x: Float) -> Float { x.squareRoot() }

    /// `1 / sqrt(x)`.
    @inlinable @inline(__always)
    package static func rsqrt(_ x: Float) -> Float { 1 / x.squareRoot() }

    /// 1 / x for normal x with a normal reciprocal, within 2 ulp: a division holds up one of the two
    /// multipliers eight times as long.
    @inlinable @inline(__always)
    package static func reciprocal(_ x: Float) -> Float {
        // Exponent and mantissa negated: within 12 %.
        let r = Float(bitPattern: 0x7ef3_11c7 &- x.bitPattern)
        // r / (1 - e) = r (1 + e)(1 + e²)(1 + e⁴)…
        let e = fma(-x, r, 1)
        let square = e * e
        let first = fma(r, e, r)
        let second = fma(first, square, first)
        return fma(second, square * square, second)
    }
}

/// Elementary functions of `Double` for kernel loops.
///
/// `exp`, `expm1`, `log`, `log1p`, `tanh`, `sigmoid` and what is built on them are free of branches, so that
/// plain loops vectorise; the others call the C library. Results smaller than the least normal magnitude
/// may be zero.
@usableFromInline package enum DoubleMath {
    /// 1.5 · 2⁵²: adding it rounds to the nearest integer, which then sits in the low mantissa bits.
    @inlinable package static var roundingShift: Double { 6_755_399_441_055_744 }

    /// `a * b + c` with one rounding.
    @inlinable @inline(__always)
    package static func fma(_ a: Double, _ b: Double, _ c: Double) -> Double { c.addingProduct(a, b) }

    /// `magnitude` with the sign bit of `sign`; the magnitude's own sign bit is replaced.
    @inlinable @inline(__always)
    package static func copySign(_ magnitude: Double, _ sign: Double) -> Double {
        Double(
            bitPattern: (magnitude.bitPattern & 0x7fff_ffff_ffff_ffff)
                | (sign.bitPattern & 0x8000_0000_0000_0000))
    }

    /// `a` where the condition holds, else `b`, without a branch.
    @inlinable @inline(__always)
    package static func select(_ condition: Bool, _ a: Double, _ b: Double) -> Double {
        let mask: UInt64 = condition ? 0xffff_ffff_ffff_ffff : 0
        return Double(bitPattern: (a.bitPattern & mask) | (b.bitPattern & ~mask))
    }

    /// The absolute value.
    @inlinable @inline(__always)
    package static func abs(_ x: Double) -> Double {
        Double(bitPattern: x.bitPattern & 0x7fff_ffff_ffff_ffff)
    }

    /// x, or a zero of its sign where it is denormal: what the C library would compute from its bits.
    @inlinable @inline(__always)
    package static func flushed(_ x: Double) -> Double {
        select(abs(x).bitPattern < 0x0010_0000_0000_0000, copySign(0, x), x)
    }

    /// The square root, correctly rounded.
    @inlinable @inline(__always)
    package static func sqrt(_ x: Double) -> Double { x.squareRoot() }

    /// `1 / sqrt(x)`.
    @inlinable @inline(__always)
    package static func rsqrt(_ x: Double) -> Double { 1 / x.squareRoot() }
}

/// A complex number as two adjacent reals: the layout of complex64 (`Float`) and complex128 (`Double`)
/// elements in memory.
///
/// Unlike swift-numerics' `Complex`, infinities and NaNs keep their parts, as in C99. Sums and products are
/// the textbook formulas, so that loops over them vectorise.
@usableFromInline package struct ComplexPair<T: BinaryFloatingPoint & Sendable>: Sendable {
    /// The real part.
    @usableFromInline package var re: T
    /// The imaginary part.
    @usableFromInline package var im: T

    /// The number `re + im·i`.
    @inlinable @inline(__always)
    package init(_ re: T, _ im: T) {
        self.re = re
        self.im = im
    }

    /// The sum of the parts.
    @inlinable @inline(__always)
    package static func + (a: Self, b: Self) -> Self { Self(a.re + b.re, a.im + b.im) }

    /// The difference of the parts.
    @inlinable @inline(__always)
    package static func - (a: Self, b: Self) -> Self { Self(a.re - b.re, a.im - b.im) }

    /// The negative of both parts.
    @inlinable @inline(__always)
    package static prefix func - (a: Self) -> Self { Self(-a.re, -a.im) }

    /// The product; no fused operation, so that z times its conjugate is exactly real.
    @inlinable @inline(__always)
    package static func * (a: Self, b: Self) -> Self {
        Self(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
    }

    /// The product with a real number.
    @inlinable @inline(__always)
    package static func * (a: Self, b: T) -> Self { Self(a.re * b, a.im * b) }

    /// The number with the sign of its imaginary part changed.
    @inlinable @inline(__always)
    package func conjugate() -> Self { Self(re, -im) }
}

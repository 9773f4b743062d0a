import ApusKernelBase

extension ComplexPair where T: RealElement {
    /// The quotient without needless overflow; infinities and zero divisors as in C99, Annex G.
    @inline(__always)
    static func / (a: Self, b: Self) -> Self { T.quotient(a, b) }

    /// 1 / z.
    @inline(__always)
    func reciprocal() -> Self { T.quotient(Self(1, 0), self) }

    /// The modulus |z|.
    @inline(__always)
    func abs() -> T { T.realHypot(re, im) }

    /// The argument of z, in [-π, π].
    @inline(__always)
    func angle() -> T { T.realAtan2(im, re) }

    /// z / |z|, or zero at zero; infinite parts count as 1, finite ones beside them as 0.
    @inline(__always)
    func sign() -> Self { T.direction(self) }

    /// The natural logarithm: log|z| + i·angle.
    @inline(__always)
    func log() -> Self { Self(T.realLogHypot(re, im), T.realAtan2(im, re)) }

    /// The square root with non-negative real part.
    @inline(__always)
    func sqrt() -> Self {
        if im.isInfinite { return Self(.infinity, im) }
        if re.isNaN { return Self(re, re) }
        if re.isInfinite {
            let rest = im.isNaN ? im : T(signOf: im, magnitudeOf: 0)
            return re > 0
                ? Self(re, rest) : Self(rest.magnitude, im.isNaN ? re : T(signOf: im, magnitudeOf: re))
        }
        if im.isNaN { return Self(im, im) }
        if re == 0 && im == 0 { return Self(0, im) }
        let (a, b) = T.finiteSqrt(re, im)
        return Self(a, b)
    }

    /// zʷ, the principal value.
    @inline(__always)
    func pow(_ exponent: Self) -> Self { T.power(self, exponent) }

    /// e^z.
    @inline(__always)
    func exp() -> Self {
        if im == 0 { return Self(T.realExp(re), im) }
        if re == -.infinity { return im.isFinite ? polar(0, im) : Self(0, T(signOf: im, magnitudeOf: 0)) }
        if re == .infinity && !im.isFinite { return Self(re, .nan) }
        let (s, c) = T.realSinCos(im)
        if re > T.largeExponent {
            // The modulus may overflow where its product with a small sine does not.
            let e = T.realExp(re - 20)
            return Self(e * c * 485_165_195.40979, e * s * 485_165_195.40979)
        }
        let e = T.realExp(re)
        return Self(e * c, e * s)
    }

    @inline(__always)
    private func polar(_ radius: T, _ angle: T) -> Self {
        let (s, c) = T.realSinCos(angle)
        return Self(radius * c, radius * s)
    }

    /// 1 / (1 + e⁻ᶻ), from whichever of e^z and e⁻ᶻ does not overflow.
    @inline(__always)
    func sigmoid() -> Self {
        if re < 0 {
            let e = exp()
            return e / Self(1 + e.re, e.im)
        }
        let e = (-self).exp()
        return Self(1 + e.re, e.im).reciprocal()
    }
}

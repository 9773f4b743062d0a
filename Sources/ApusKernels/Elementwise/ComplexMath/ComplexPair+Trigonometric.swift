import ApusKernelBase

// The trigonometric functions are the hyperbolic ones of a rotated plane, so that special values are handled once.
extension ComplexPair where T: RealElement {
    /// sinh z = sinh x · cos y + i · cosh x · sin y.
    @inline(__always)
    func sinh() -> Self {
        if im == 0 { return Self(T.realSinh(re), im) }
        if !im.isFinite {
            return re == 0 || re.isInfinite ? Self(re, .nan) : Self(.nan, .nan)
        }
        let (s, c) = T.realSinCos(im)
        if re.magnitude > T.largeExponent {
            let half = T.realExp(re.magnitude / 2)
            return Self(T(signOf: re, magnitudeOf: half) * c / 2 * half, half * s / 2 * half)
        }
        return Self(T.realSinh(re) * c, T.realCosh(re) * s)
    }

    /// cosh z = cosh x · cos y + i · sinh x · sin y.
    @inline(__always)
    func cosh() -> Self {
        if im == 0 { return Self(T.realCosh(re), re.isNaN ? im : T(signOf: re, magnitudeOf: 1) * im) }
        if !im.isFinite {
            if re == 0 { return Self(.nan, re) }
            return re.isInfinite ? Self(.infinity, .nan) : Self(.nan, .nan)
        }
        let (s, c) = T.realSinCos(im)
        if re.magnitude > T.largeExponent {
            let half = T.realExp(re.magnitude / 2)
            return Self(half * c / 2 * half, T(signOf: re, magnitudeOf: half) * s / 2 * half)
        }
        return Self(T.realCosh(re) * c, T.realSinh(re) * s)
    }

    /// tanh z, by Kahan's formula in tan y and sinh x.
    @inline(__always)
    func tanh() -> Self {
        if !im.isFinite {
            if re.isInfinite { return Self(T(signOf: re, magnitudeOf: 1), 0) }
            return re == 0 ? Self(re, .nan) : Self(.nan, .nan)
        }
        if re.isNaN { return Self(re, im == 0 ? im : re) }
        if re.magnitude > T.tanhSaturation {
            let (s, c) = T.realSinCos(im)
            let decay = T.realExp(-re.magnitude)
            return Self(T(signOf: re, magnitudeOf: 1), 4 * s * c * decay * decay)
        }
        let t = T.realTan(im)
        let s = T.realSinh(re)
        let beta = 1 + t * t
        let divisor = 1 + beta * s * s
        return Self(beta * (1 + s * s).squareRoot() * s / divisor, t / divisor)
    }

    /// sin z = -i · sinh(iz).
    @inline(__always)
    func sin() -> Self {
        let rotated = Self(-im, re).sinh()
        return Self(rotated.im, -rotated.re)
    }

    /// cos z = cosh(iz).
    @inline(__always)
    func cos() -> Self { Self(-im, re).cosh() }

    /// tan z = -i · tanh(iz).
    @inline(__always)
    func tan() -> Self {
        let rotated = Self(-im, re).tanh()
        return Self(rotated.im, -rotated.re)
    }
}

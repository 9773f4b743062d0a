import ApusKernelBase
import Glibc

/// The real functions that the complex ones are built on, for both part types.
protocol RealElement: BinaryFloatingPoint, Sendable {
    static func realExp(_ x: Self) -> Self
    static func realSinh(_ x: Self) -> Self
    static func realCosh(_ x: Self) -> Self
    static func realTan(_ x: Self) -> Self
    static func realSinCos(_ x: Self) -> (sin: Self, cos: Self)
    static func realAtan2(_ y: Self, _ x: Self) -> Self
    static func realHypot(_ x: Self, _ y: Self) -> Self
    /// x / (x² + y²), the real part of 1 / (x + iy). Zero at zero and at infinity.
    static func realOverSquare(_ x: Self, _ y: Self) -> Self
    /// z / |z|; zero at zero.
    static func direction(_ z: ComplexPair<Self>) -> ComplexPair<Self>
    /// z with `shift` added to its modulus, which stays at least 0; zero at zero.
    static func moved(_ z: ComplexPair<Self>, by shift: Self) -> ComplexPair<Self>
    /// log of the modulus, accurate near 1.
    static func realLogHypot(_ x: Self, _ y: Self) -> Self
    /// The square root of x + iy for finite parts that are not both zero.
    static func finiteSqrt(_ x: Self, _ y: Self) -> (Self, Self)
    static func quotient(_ a: ComplexPair<Self>, _ b: ComplexPair<Self>) -> ComplexPair<Self>
    static func power(_ a: ComplexPair<Self>, _ b: ComplexPair<Self>) -> ComplexPair<Self>
    /// Where eˣ comes close to overflowing.
    static var largeExponent: Self { get }
    /// The x from which on tanh x rounds to 1.
    static var tanhSaturation: Self { get }
}

extension Float: RealElement {
    @inline(__always) static func realExp(_ x: Float) -> Float { FloatMath.exp(x) }
    @inline(__always) static func realSinh(_ x: Float) -> Float { FloatMath.sinh(x) }
    @inline(__always) static func realCosh(_ x: Float) -> Float { FloatMath.cosh(x) }
    @inline(__always) static func realTan(_ x: Float) -> Float { FloatMath.tan(x) }
    @inline(__always) static func realAtan2(_ y: Float, _ x: Float) -> Float { FloatMath.atan2(y, x) }

    @inline(__always)
    static func realSinCos(_ x: Float) -> (sin: Float, cos: Float) {
        FloatMath.abs(x) <= FloatMath.trigonometricBound
            ? FloatMath.sinCosInRange(x) : (Glibc.sinf(x), Glibc.cosf(x))
    }

    // Squares of Float neither overflow nor underflow in Double.

    @inline(__always)
    static func realHypot(_ x: Float, _ y: Float) -> Float {
        let value = Float((Double(x) * Double(x) + Double(y) * Double(y)).squareRoot())
        let isInfinite =
            FloatMath.mask(FloatMath.abs(x) == .infinity) | FloatMath.mask(FloatMath.abs(y) == .infinity)
        return FloatMath.select(isInfinite, .infinity, value)
    }

    @inline(__always)
    static func realOverSquare(_ x: Float, _ y: Float) -> Float {
        let square = Double(x) * Double(x) + Double(y) * Double(y)
        let isVanishing = square == 0 || square == .infinity
        return Float(DoubleMath.select(isVanishing, 0, Double(x) / square))
    }

    @inline(__always)
    static func direction(_ z: ComplexPair<Float>) -> ComplexPair<Float> {
        let hasInfinity = isInfinite(z)
        let re = Double(FloatMath.select(hasInfinity, boxed(z.re), z.re))
        let im = Double(FloatMath.select(hasInfinity, boxed(z.im), z.im))
        let square = re * re + im * im
        let factor = DoubleMath.select(square == 0, 0, 1 / square.squareRoot())
        return ComplexPair(Float(re * factor), Float(im * factor))
    }

    @inline(__always)
    static func moved(_ z: ComplexPair<Float>, by shift: Float) -> ComplexPair<Float> {
        let (re, im) = (Double(z.re), Double(z.im))
        let modulus = (re * re + im * im).squareRoot()
        let target = modulus + Double(shift)
        // A comparison that is false for NaN lets NaN through.
        let isClosed = modulus == 0 || target <= 0
        let share = DoubleMath.select(
            isClosed, 0, DoubleMath.select(modulus == .infinity, 1, target / modulus))
        return ComplexPair(Float(re * share), Float(im * share))
    }

    @inline(__always)
    static func realLogHypot(_ x: Float, _ y: Float) -> Float {
        let value = Float(0.5 * DoubleMath.log(Double(x) * Double(x) + Double(y) * Double(y)))
        let isInfinite =
            FloatMath.mask(FloatMath.abs(x) == .infinity) | FloatMath.mask(FloatMath.abs(y) == .infinity)
        return FloatMath.select(isInfinite, .infinity, value)
    }

    @inline(__always)
    static func finiteSqrt(_ x: Float, _ y: Float) -> (Float, Float) {
        let a = DoubleMath.abs(Double(x))
        let b = Double(y)
        let t = (0.5 * (a + (a * a + b * b).squareRoot())).squareRoot()
        let u = 0.5 * DoubleMath.abs(b) / t
        return (Float(x < 0 ? u : t), FloatMath.copySign(Float(x < 0 ? t : u), y))
    }

    /// In Double without scaling; infinities and zero divisors as in C99, Annex G.
    @inline(__always)
    static func quotient(_ z: ComplexPair<Float>, _ w: ComplexPair<Float>) -> ComplexPair<Float> {
        let numeratorInfinite = isInfinite(z)
        let divisorInfinite = isInfinite(w)
        let boxNumerator = numeratorInfinite & ~divisorInfinite
        let boxDivisor = divisorInfinite & ~numeratorInfinite
        let a = Double(FloatMath.select(boxNumerator, boxed(z.re), z.re))
        let b = Double(FloatMath.select(boxNumerator, boxed(z.im), z.im))
        let c = Double(FloatMath.select(boxDivisor, boxed(w.re), w.re))
        let d = Double(FloatMath.select(boxDivisor, boxed(w.im), w.im))
        let factor = FloatMath.select(boxNumerator, .infinity, FloatMath.select(boxDivisor, 0, 1))
        let square = c * c + d * d
        let re = factor * Float((a * c + b * d) / square)
        let im = factor * Float((b * c - a * d) / square)
        let isZero = FloatMath.mask(square == 0)
        let infinity = FloatMath.copySign(.infinity, w.re)
        return ComplexPair(
            FloatMath.select(isZero, infinity * z.re, re), FloatMath.select(isZero, infinity * z.im, im))
    }

    @inline(__always)
    private static func isInfinite(_ z: ComplexPair<Float>) -> UInt32 {
        FloatMath.mask(FloatMath.abs(z.re) == .infinity) | FloatMath.mask(FloatMath.abs(z.im) == .infinity)
    }

    /// ±1 for an infinity, ±0 for anything else.
    @inline(__always)
    private static func boxed(_ x: Float) -> Float {
        FloatMath.copySign(FloatMath.select(FloatMath.abs(x) == .infinity, 1, 0), x)
    }

    @inline(__always)
    static func power(_ a: ComplexPair<Float>, _ b: ComplexPair<Float>) -> ComplexPair<Float> {
        let wide = Double.power(
            ComplexPair(Double(a.re), Double(a.im)), ComplexPair(Double(b.re), Double(b.im)))
        return ComplexPair(Float(wide.re), Float(wide.im))
    }

    static var largeExponent: Float { 88 }
    static var tanhSaturation: Float { 9.02 }
}

extension Double: RealElement {
    @inline(__always) static func realExp(_ x: Double) -> Double { DoubleMath.exp(x) }
    @inline(__always) static func realSinh(_ x: Double) -> Double { DoubleMath.sinh(x) }
    @inline(__always) static func realCosh(_ x: Double) -> Double { DoubleMath.cosh(x) }
    @inline(__always) static func realTan(_ x: Double) -> Double { DoubleMath.tan(x) }
    @inline(__always) static func realAtan2(_ y: Double, _ x: Double) -> Double { DoubleMath.atan2(y, x) }
    @inline(__always) static func realSinCos(_ x: Double) -> (sin: Double, cos: Double) {
        (Glibc.sin(x), Glibc.cos(x))
    }
    @inline(__always)
    static func realHypot(_ x: Double, _ y: Double) -> Double {
        Glibc.hypot(DoubleMath.flushed(x), DoubleMath.flushed(y))
    }

    static func realOverSquare(_ x: Double, _ y: Double) -> Double {
        if x.isInfinite || y.isInfinite { return x.isNaN || y.isNaN ? .nan : 0 }
        let (a, b) = (DoubleMath.abs(x), DoubleMath.abs(y))
        if a == 0 && b == 0 { return 0 }
        // Divides by the larger part twice instead of squaring it.
        if a >= b {
            let ratio = y / x
            return 1 / (x * (1 + ratio * ratio))
        }
        let ratio = x / y
        return ratio / (y * (1 + ratio * ratio))
    }

    static func direction(_ z: ComplexPair<Double>) -> ComplexPair<Double> {
        let modulus = realHypot(z.re, z.im)
        if modulus == 0 { return ComplexPair(0, 0) }
        if modulus < .infinity { return ComplexPair(z.re / modulus, z.im / modulus) }
        if z.re.isInfinite || z.im.isInfinite {
            return direction(ComplexPair(boxed(z.re), boxed(z.im)))
        }
        return modulus.isNaN
            ? ComplexPair(.nan, .nan) : direction(ComplexPair(z.re * 0.25, z.im * 0.25))
    }

    static func moved(_ z: ComplexPair<Double>, by shift: Double) -> ComplexPair<Double> {
        let modulus = realHypot(z.re, z.im)
        if modulus == 0 || modulus + shift <= 0 { return ComplexPair(0, 0) }
        let ratio = shift / modulus
        // Where the modulus is small beside the shift, their ratio may overflow.
        if ratio.magnitude <= 1 { return z * (1 + ratio) }
        return direction(z) * (modulus + shift)
    }

    /// ±1 for an infinity, ±0 for anything else.
    private static func boxed(_ x: Double) -> Double { DoubleMath.copySign(x.isInfinite ? 1 : 0, x) }

    static func realLogHypot(_ x: Double, _ y: Double) -> Double {
        let larger = Swift.max(DoubleMath.abs(x), DoubleMath.abs(y))
        let smaller = Swift.min(DoubleMath.abs(x), DoubleMath.abs(y))
        if larger > 0x1p1022, larger < .infinity {
            return DoubleMath.log(Glibc.hypot(x * 0.5, y * 0.5)) + 0.6931471805599453
        }
        // Near the unit circle |z|² - 1 is formed without cancellation; elsewhere the modulus will do.
        if larger > 0.5, larger < 1.5, x == x, y == y {
            return 0.5 * DoubleMath.log1p((larger - 1) * (larger + 1) + smaller * smaller)
        }
        return DoubleMath.log(realHypot(x, y))
    }

    static func finiteSqrt(_ x: Double, _ y: Double) -> (Double, Double) {
        // A power of four brings the sum below into range at either end.
        let largest = Swift.max(DoubleMath.abs(x), DoubleMath.abs(y))
        let up = largest < 1e-290
        let scale = up ? 0x1p+108 : (largest > 1e300 ? 0x1p-4 : 1)
        let back = up ? 0x1p-54 : (largest > 1e300 ? 0x1p+2 : 1)
        let a = DoubleMath.abs(x) * scale
        let b = y * scale
        let t = (0.5 * (a + Glibc.hypot(a, b))).squareRoot()
        let u = 0.5 * DoubleMath.abs(b) / t
        return ((x < 0 ? u : t) * back, DoubleMath.copySign((x < 0 ? t : u) * back, y))
    }

    /// Smith's method; infinities and zero divisors as in C99, Annex G.
    static func quotient(_ z: ComplexPair<Double>, _ w: ComplexPair<Double>) -> ComplexPair<Double> {
        let largest = Swift.max(DoubleMath.abs(z.re), DoubleMath.abs(z.im))
        let divisor = Swift.max(DoubleMath.abs(w.re), DoubleMath.abs(w.im))
        // Sums of two parts stay in range a few powers of two away from its ends.
        if largest > 0x1p1020 || divisor > 0x1p1020 || divisor < 0x1p-900 {
            let up = divisor > 0x1p1020 ? 0x1p-4 : divisor < 0x1p-900 ? 0x1p60 : 1
            let down = largest > 0x1p1020 ? 0x1p-4 : 1
            let result = smithQuotient(z * down, w * up)
            return ComplexPair(result.re / down * up, result.im / down * up)
        }
        return smithQuotient(z, w)
    }

    @inline(__always)
    private static func smithQuotient(_ z: ComplexPair<Double>, _ w: ComplexPair<Double>)
        -> ComplexPair<Double>
    {
        let result: ComplexPair<Double>
        if DoubleMath.abs(w.re) >= DoubleMath.abs(w.im) {
            let ratio = w.im / w.re
            let divisor = w.re + w.im * ratio
            result = ComplexPair((z.re + z.im * ratio) / divisor, (z.im - z.re * ratio) / divisor)
        } else {
            let ratio = w.re / w.im
            let divisor = w.re * ratio + w.im
            result = ComplexPair((z.re * ratio + z.im) / divisor, (z.im * ratio - z.re) / divisor)
        }
        return result.re.isNaN && result.im.isNaN ? recoveredQuotient(z, w) : result
    }

    /// The quotient where Smith's method gives two NaNs although an infinity or zero is the answer.
    @inline(never)
    private static func recoveredQuotient(
        _ z: ComplexPair<Double>, _ w: ComplexPair<Double>
    ) -> ComplexPair<Double> {
        if w.re == 0 && w.im == 0 {
            let infinity = DoubleMath.copySign(.infinity, w.re)
            return ComplexPair(infinity * z.re, infinity * z.im)
        }
        if (z.re.isInfinite || z.im.isInfinite) && w.re.isFinite && w.im.isFinite {
            let (a, b) = (boxed(z.re), boxed(z.im))
            return ComplexPair(.infinity * (a * w.re + b * w.im), .infinity * (b * w.re - a * w.im))
        }
        if (w.re.isInfinite || w.im.isInfinite) && z.re.isFinite && z.im.isFinite {
            let (c, d) = (boxed(w.re), boxed(w.im))
            return ComplexPair(0 * (z.re * c + z.im * d), 0 * (z.im * c - z.re * d))
        }
        return ComplexPair(.nan, .nan)
    }

    /// exp(b·log a); 1 for exponent 0, and 0 for base 0 with an exponent of positive real part.
    static func power(_ a: ComplexPair<Double>, _ b: ComplexPair<Double>) -> ComplexPair<Double> {
        if b.re == 0 && b.im == 0 { return ComplexPair(1, 0) }
        if a.re == 0 && a.im == 0 {
            if b.re > 0 { return ComplexPair(0, 0) }
            return b.im == 0 ? ComplexPair(.infinity, 0) : ComplexPair(.nan, .nan)
        }
        if b.im == 0 {
            let radius = DoubleMath.pow(realHypot(a.re, a.im), b.re)
            let angle = DoubleMath.atan2(a.im, a.re) * b.re
            let (s, c) = realSinCos(angle)
            return ComplexPair(radius * c, angle == 0 ? angle : radius * s)
        }
        return (b * a.log()).exp()
    }

    static var largeExponent: Double { 709 }
    static var tanhSaturation: Double { 19.1 }
}

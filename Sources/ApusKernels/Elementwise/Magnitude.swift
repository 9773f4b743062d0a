import ApusKernelBase
import ApusCore

extension Kernels {
    package static let abs = UnaryKernel(
        "abs",
        map { (x: Int32) in x < 0 ? 0 &- x : x },
        map { (x: Int64) in x < 0 ? 0 &- x : x },
        map { (x: UInt8) in x },
        map { (x: Float) in FloatMath.abs(x) },
        map { (x: Double) in DoubleMath.abs(x) },
        map { (x: ComplexFloat) in x.abs() },
        map { (x: ComplexDouble) in x.abs() })

    package static let sign = UnaryKernel(
        "sign",
        map { (x: Bool) in x },
        map { (x: UInt8) -> UInt8 in x > 0 ? 1 : 0 },
        map { (x: Int32) -> Int32 in x > 0 ? 1 : x < 0 ? -1 : 0 },
        map { (x: Int64) -> Int64 in x > 0 ? 1 : x < 0 ? -1 : 0 },
        map { (x: Float) in x > 0 ? 1 : x < 0 ? -1 : x },
        map { (x: Double) in x > 0 ? 1 : x < 0 ? -1 : x },
        map { (x: ComplexFloat) in x.sign() },
        map { (x: ComplexDouble) in x.sign() })

    package static let hypot = BinaryKernel(
        "hypot",
        map { (a: Float, b: Float) in Float.realHypot(a, b) },
        map { (a: Double, b: Double) in Double.realHypot(a, b) })

    /// a / √(a² + b²), the derivative of `hypot`; 0 at the origin.
    package static let hypotSlope = BinaryKernel(
        "hypotSlope",
        map { (a: Float, b: Float) in ComplexFloat(a, b).sign().re },
        map { (a: Double, b: Double) in ComplexDouble(a, b).sign().re })

    package static let square = UnaryKernel(
        "square",
        map { (x: UInt8) in x &* x },
        map { (x: Int32) in x &* x },
        map { (x: Int64) in x &* x },
        map { (x: Float) in x * x },
        map { (x: Double) in x * x },
        map { (x: ComplexFloat) in x * x },
        map { (x: ComplexDouble) in x * x })

    package static let sqrt = UnaryKernel(
        "sqrt",
        map { (x: Float) in FloatMath.sqrt(x) },
        map { (x: Double) in DoubleMath.sqrt(x) },
        map { (x: ComplexFloat) in x.sqrt() },
        map { (x: ComplexDouble) in x.sqrt() })

    package static let rsqrt = UnaryKernel(
        "rsqrt",
        map { (x: Float) in FloatMath.rsqrt(x) },
        map { (x: Double) in DoubleMath.rsqrt(x) },
        map { (x: ComplexFloat) in x.sqrt().reciprocal() },
        map { (x: ComplexDouble) in x.sqrt().reciprocal() })

    /// `a + c (b - a)`, exact at both ends.
    package static let lerp = TernaryKernel(
        "lerp",
        map { (a: Float, b: Float, c: Float) in between(a, b, c) },
        map { (a: Double, b: Double, c: Double) in between(a, b, c) },
        map { (a: ComplexFloat, b: ComplexFloat, c: ComplexFloat) in between(a, b, c) },
        map { (a: ComplexDouble, b: ComplexDouble, c: ComplexDouble) in between(a, b, c) })
}

// From the nearer end; ends so far apart that their difference is infinite are weighted instead.

@inline(__always)
private func between<T: BinaryFloatingPoint>(_ a: T, _ b: T, _ c: T) -> T {
    let way = b - a
    let near = c < 0.5 ? a.addingProduct(c, way) : b.addingProduct(c - 1, way)
    return way.magnitude == .infinity ? (1 - c) * a + c * b : near
}

@inline(__always)
private func between<T>(_ a: ComplexPair<T>, _ b: ComplexPair<T>, _ c: ComplexPair<T>) -> ComplexPair<T> {
    let way = b - a
    let left = ComplexPair<T>(1 - c.re, -c.im)
    let near = c.re * c.re + c.im * c.im < 0.25 ? a + c * way : b - left * way
    let isFar = way.re.magnitude == .infinity || way.im.magnitude == .infinity
    return isFar ? left * a + c * b : near
}

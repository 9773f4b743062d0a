import ApusKernelBase
import ApusCore

extension Kernels {
    package static let sin = UnaryKernel(
        "sin",
        loop { (x, r, n) in FloatMath.sin(x, r, n) },
        map { (x: Double) in DoubleMath.sin(x) },
        map { (x: ComplexFloat) in x.sin() },
        map { (x: ComplexDouble) in x.sin() })

    package static let cos = UnaryKernel(
        "cos",
        loop { (x, r, n) in FloatMath.cos(x, r, n) },
        map { (x: Double) in DoubleMath.cos(x) },
        map { (x: ComplexFloat) in x.cos() },
        map { (x: ComplexDouble) in x.cos() })

    package static let tan = UnaryKernel(
        "tan",
        loop { (x, r, n) in FloatMath.tan(x, r, n) },
        map { (x: Double) in DoubleMath.tan(x) },
        map { (x: ComplexFloat) in x.tan() },
        map { (x: ComplexDouble) in x.tan() })

    package static let asin = UnaryKernel(
        "asin",
        map { (x: Float) in FloatMath.asin(x) },
        map { (x: Double) in DoubleMath.asin(x) },
        map { (x: ComplexFloat) in x.asin() },
        map { (x: ComplexDouble) in x.asin() })

    package static let acos = UnaryKernel(
        "acos",
        map { (x: Float) in FloatMath.acos(x) },
        map { (x: Double) in DoubleMath.acos(x) },
        map { (x: ComplexFloat) in x.acos() },
        map { (x: ComplexDouble) in x.acos() })

    package static let atan = UnaryKernel(
        "atan",
        map { (x: Float) in FloatMath.atan(x) },
        map { (x: Double) in DoubleMath.atan(x) },
        map { (x: ComplexFloat) in x.atan() },
        map { (x: ComplexDouble) in x.atan() })

    package static let atan2 = BinaryKernel(
        "atan2",
        map { (a: Float, b: Float) in FloatMath.atan2(a, b) },
        map { (a: Double, b: Double) in DoubleMath.atan2(a, b) })

    /// b / (a² + b²), the derivative of `atan2`; 0 at the origin and at infinity.
    package static let atan2Slope = BinaryKernel(
        "atan2Slope",
        map { (a: Float, b: Float) in Float.realOverSquare(b, a) },
        map { (a: Double, b: Double) in Double.realOverSquare(b, a) })
}

/// A loop that exists already.
@inline(__always)
private func loop(
    _ f: @escaping @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
) -> UnaryKernel.Entry {
    .init(
        input: .float32, output: .float32,
        block: .init { a, r, n in
            f(a.assumingMemoryBound(to: Float.self), r.assumingMemoryBound(to: Float.self), n)
        })
}

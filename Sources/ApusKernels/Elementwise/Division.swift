import ApusKernelBase
import ApusCore

extension Kernels {
    package static let divide = BinaryKernel(
        "divide",
        map { (a: Float, b: Float) in a / b },
        map { (a: Double, b: Double) in a / b },
        map { (a: ComplexFloat, b: ComplexFloat) in a / b },
        map { (a: ComplexDouble, b: ComplexDouble) in a / b })

    package static let reciprocal = UnaryKernel(
        "reciprocal",
        map { (x: Float) in 1 / x },
        map { (x: Double) in 1 / x },
        map { (x: ComplexFloat) in ComplexFloat(1, 0) / x },
        map { (x: ComplexDouble) in ComplexDouble(1, 0) / x })

    /// The remainder with the sign of the divisor; for integers that of division by zero is 0.
    package static let remainder = BinaryKernel(
        "remainder",
        map { (a: UInt8, b: UInt8) in flooredRemainder(a, b) },
        map { (a: Int32, b: Int32) in flooredRemainder(a, b) },
        map { (a: Int64, b: Int64) in flooredRemainder(a, b) },
        map { (a: Float, b: Float) in flooredRemainder(a, b) },
        map { (a: Double, b: Double) in flooredRemainder(a, b) })

    /// The remainder with the sign of the dividend.
    package static let fmod = BinaryKernel(
        "fmod",
        map { (a: UInt8, b: UInt8) in truncatedRemainder(a, b) },
        map { (a: Int32, b: Int32) in truncatedRemainder(a, b) },
        map { (a: Int64, b: Int64) in truncatedRemainder(a, b) },
        map { (a: Float, b: Float) in a.truncatingRemainder(dividingBy: b) },
        map { (a: Double, b: Double) in a.truncatingRemainder(dividingBy: b) })

    /// The quotient rounded towards zero; for integers that of division by zero is 0.
    package static let truncDivide = BinaryKernel(
        "divide",
        map { (a: UInt8, b: UInt8) in truncatedQuotient(a, b) },
        map { (a: Int32, b: Int32) in truncatedQuotient(a, b) },
        map { (a: Int64, b: Int64) in truncatedQuotient(a, b) },
        map { (a: Float, b: Float) in (a / b).rounded(.towardZero) },
        map { (a: Double, b: Double) in (a / b).rounded(.towardZero) })

    /// The quotient rounded down; for integers that of division by zero is 0.
    package static let floorDivide = BinaryKernel(
        "floorDivide",
        map { (a: UInt8, b: UInt8) in flooredQuotient(a, b) },
        map { (a: Int32, b: Int32) in flooredQuotient(a, b) },
        map { (a: Int64, b: Int64) in flooredQuotient(a, b) },
        map { (a: Float, b: Float) in flooredQuotient(a, b) },
        map { (a: Double, b: Double) in flooredQuotient(a, b) })
}

// The processor traps on integer division by zero and on the lowest integer divided by -1, so neither
// reaches it.

@inline(__always)
private func truncatedRemainder<T: FixedWidthInteger>(_ a: T, _ b: T) -> T {
    b == 0 || (T.isSigned && b == 0 &- 1) ? 0 : a % b
}

@inline(__always)
private func flooredRemainder<T: FixedWidthInteger>(_ a: T, _ b: T) -> T {
    let r = truncatedRemainder(a, b)
    return r != 0 && (r < 0) != (b < 0) ? r &+ b : r
}

@inline(__always)
private func truncatedQuotient<T: FixedWidthInteger>(_ a: T, _ b: T) -> T {
    if b == 0 { return 0 }
    return T.isSigned && b == 0 &- 1 ? 0 &- a : a / b
}

@inline(__always)
private func flooredQuotient<T: FixedWidthInteger>(_ a: T, _ b: T) -> T {
    if b == 0 { return 0 }
    if T.isSigned && b == 0 &- 1 { return 0 &- a }
    let q = a / b
    return a % b != 0 && (a < 0) != (b < 0) ? q &- 1 : q
}

@inline(__always)
private func flooredRemainder<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> T {
    let r = a.truncatingRemainder(dividingBy: b)
    return r != 0 && (r < 0) != (b < 0) ? r + b : r
}

/// Python's: from the exact remainder, so that rounding of a / b never carries it over the next integer.
@inline(__always)
private func flooredQuotient<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> T {
    if b == 0 { return a / b }
    let r = a.truncatingRemainder(dividingBy: b)
    var quotient = (a - r) / b
    if r != 0 && (r < 0) != (b < 0) { quotient -= 1 }
    if quotient == 0 { return T(signOf: a / b, magnitudeOf: 0) }
    let floor = quotient.rounded(.down)
    return quotient - floor > 0.5 ? floor + 1 : floor
}

import ApusKernelBase
import ApusCore

extension Kernels {
    /// The larger element; NaN where either is.
    package static let maximum = BinaryKernel(
        "maximum",
        map { (a: Bool, b: Bool) in a || b },
        map { (a: UInt8, b: UInt8) in a > b ? a : b },
        map { (a: Int32, b: Int32) in a > b ? a : b },
        map { (a: Int64, b: Int64) in a > b ? a : b },
        map { (a: Float, b: Float) in a > b || a != a ? a : b },
        map { (a: Double, b: Double) in a > b || a != a ? a : b })

    /// The smaller element; NaN where either is.
    package static let minimum = BinaryKernel(
        "minimum",
        map { (a: Bool, b: Bool) in a && b },
        map { (a: UInt8, b: UInt8) in a < b ? a : b },
        map { (a: Int32, b: Int32) in a < b ? a : b },
        map { (a: Int64, b: Int64) in a < b ? a : b },
        map { (a: Float, b: Float) in a < b || a != a ? a : b },
        map { (a: Double, b: Double) in a < b || a != a ? a : b })

    /// The larger element; of a number and NaN the number.
    package static let fmax = BinaryKernel(
        "fmax",
        map { (a: Bool, b: Bool) in a || b },
        map { (a: UInt8, b: UInt8) in a > b ? a : b },
        map { (a: Int32, b: Int32) in a > b ? a : b },
        map { (a: Int64, b: Int64) in a > b ? a : b },
        map { (a: Float, b: Float) in a > b || b != b ? a : b },
        map { (a: Double, b: Double) in a > b || b != b ? a : b })

    /// The smaller element; of a number and NaN the number.
    package static let fmin = BinaryKernel(
        "fmin",
        map { (a: Bool, b: Bool) in a && b },
        map { (a: UInt8, b: UInt8) in a < b ? a : b },
        map { (a: Int32, b: Int32) in a < b ? a : b },
        map { (a: Int64, b: Int64) in a < b ? a : b },
        map { (a: Float, b: Float) in a < b || b != b ? a : b },
        map { (a: Double, b: Double) in a < b || b != b ? a : b })

    /// The part of `a`, the gradient of the maximum of `b` and `c`, that goes to `b`: half of it where they are equal.
    package static let maximumGradient = TernaryKernel(
        "maximumGradient",
        map { (a: Float, b: Float, c: Float) in b < c ? 0 : b == c ? 0.5 * a : a },
        map { (a: Double, b: Double, c: Double) in b < c ? 0 : b == c ? 0.5 * a : a })

    package static let minimumGradient = TernaryKernel(
        "minimumGradient",
        map { (a: Float, b: Float, c: Float) in b > c ? 0 : b == c ? 0.5 * a : a },
        map { (a: Double, b: Double, c: Double) in b > c ? 0 : b == c ? 0.5 * a : a })

    /// `a` limited to `b...c`; NaN stays.
    package static let clamp = TernaryKernel(
        "clamp",
        map { (a: UInt8, b: UInt8, c: UInt8) in a < b ? (b > c ? c : b) : a > c ? c : a },
        map { (a: Int32, b: Int32, c: Int32) in a < b ? (b > c ? c : b) : a > c ? c : a },
        map { (a: Int64, b: Int64, c: Int64) in a < b ? (b > c ? c : b) : a > c ? c : a },
        map { (a: Float, b: Float, c: Float) in a < b ? (b > c ? c : b) : a > c ? c : a },
        map { (a: Double, b: Double, c: Double) in a < b ? (b > c ? c : b) : a > c ? c : a })

    /// Whether `a` lies in `b...c`.
    package static let isWithin = TernaryKernel(
        "isWithin",
        map { (a: Float, b: Float, c: Float) in a >= b && a <= c },
        map { (a: Double, b: Double, c: Double) in a >= b && a <= c })
}

import ApusKernelBase
import ApusCore

extension Kernels {
    package static let power = BinaryKernel(
        "power",
        map { (a: UInt8, b: UInt8) in integerPower(a, b) },
        map { (a: Int32, b: Int32) in integerPower(a, b) },
        map { (a: Int64, b: Int64) in integerPower(a, b) },
        map { (a: Float, b: Float) in FloatMath.pow(a, b) },
        map { (a: Double, b: Double) in DoubleMath.pow(a, b) },
        map { (a: ComplexFloat, b: ComplexFloat) in a.pow(b) },
        map { (a: ComplexDouble, b: ComplexDouble) in a.pow(b) })
}

/// By repeated squaring, wrapping around. A negative exponent leaves 0, but for the bases 1 and -1.
@inline(__always)
private func integerPower<T: FixedWidthInteger>(_ base: T, _ exponent: T) -> T {
    if exponent < 0 {
        if base == 1 { return 1 }
        return base == 0 &- 1 ? (exponent & 1 == 0 ? 1 : base) : 0
    }
    var (result, factor, left): (T, T, T) = (1, base, exponent)
    while left > 0 {
        if left & 1 == 1 { result = result &* factor }
        factor = factor &* factor
        left = left &>> 1
    }
    return result
}

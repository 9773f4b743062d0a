import Glibc

extension FloatMath {
    /// xʸ within 1 ulp, with the special cases of C's `pow`. It works in `Double`, eight lanes at a time.
    @inlinable @inline(__always)
    package static func pow(_ x: Float, _ y: Float) -> Float {
        let a = abs(x)
        let exponent = Double(y)
        let product = exponent * log2ForPower(Double(a))
        // 0 · infinity: 1^±infinity and x^0 are 1 whatever the other operand.
        let isOne = mask(y == 0) | mask(x == 1) | (mask(a == 1) & mask(abs(y) == .infinity))
        let magnitude = select(isOne, 1, exp2ForPower(product))
        // From 2²⁴ on every Float is even; halves of smaller integers keep their fraction.
        let half = 0.5 * y
        let isInteger = mask(y.rounded(.toNearestOrEven) == y)
        let isOdd = isInteger & mask(half.rounded(.toNearestOrEven) != half)
        let isNegative = mask(Int32(bitPattern: x.bitPattern) < 0)
        let signed = select(isNegative & isOdd, -magnitude, magnitude)
        let isUndefined = mask(x < 0) & mask(a != .infinity) & ~isInteger
        return select(isUndefined, .nan, signed)
    }

    /// log2 of a non-negative Float widened to Double, to 1e-10 relative.
    @inlinable @inline(__always)
    package static func log2ForPower(_ a: Double) -> Double {
        let bits = Int64(bitPattern: a.bitPattern) &- 0x3fe6_a09e_667f_3bcd
        let mantissa = UInt64(bitPattern: (bits & 0x000f_ffff_ffff_ffff) &+ 0x3fe6_a09e_667f_3bcd)
        let m = Double(bitPattern: mantissa)
        let s = (m - 1) / (m + 1)
        let z = s * s
        var p = 0.3205988979753252.addingProduct(0.2623081892525388, z)
        p = 0.4121985831111323.addingProduct(p, z)
        p = 0.5770780163555853.addingProduct(p, z)
        p = 0.9617966939259756.addingProduct(p, z)
        p = 2.8853900817779268.addingProduct(p, z)
        let value = Double(bits &>> 52).addingProduct(p, s)
        let finite = DoubleMath.select(a == .infinity, a, value)
        let positive = DoubleMath.select(a == 0, -.infinity, finite)
        return DoubleMath.select(a != a, a, positive)
    }

    /// 2ᵖ rounded to Float, for any p.
    @inlinable @inline(__always)
    package static func exp2ForPower(_ p: Double) -> Float {
        let upper = DoubleMath.select(p > 160, 160, p)
        let clamped = DoubleMath.select(upper < -160, -160, upper)
        let shift = 6_755_399_441_055_744.0
        let shifted = clamped + shift
        let r = (clamped - (shifted - shift)) * 0.6931471805599453
        var q = 0.0013888888888888889.addingProduct(0.0001984126984126984, r)
        q = 0.008333333333333333.addingProduct(q, r)
        q = 0.041666666666666664.addingProduct(q, r)
        q = 0.16666666666666666.addingProduct(q, r)
        q = 0.5.addingProduct(q, r)
        q = 1.0.addingProduct(q, r)
        q = 1.0.addingProduct(q, r)
        let scale = Double(bitPattern: (shifted.bitPattern &<< 52) &+ 0x3ff0_0000_0000_0000)
        return Float(q * scale)
    }

    /// The cube root, from the C library.
    @inlinable @inline(__always)
    package static func cbrt(_ x: Float) -> Float { Glibc.cbrtf(x) }
}

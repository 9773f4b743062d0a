import Glibc

extension FloatMath {
    /// The largest magnitude for which the reduction of `reduceByQuarterTurns` is accurate.
    @inlinable package static var trigonometricBound: Float { 1e5 }

    /// x = n·π/2 + r with |r| ≤ 0.81, for |x| ≤ `trigonometricBound`; `quadrant` holds n modulo 4 in its low bits.
    @inlinable @inline(__always)
    package static func reduceByQuarterTurns(_ x: Float) -> (quadrant: UInt32, remainder: Float) {
        let shifted = fma(x, 0.636619772367581343, roundingShift)
        let n = shifted - roundingShift
        // π/2 in three parts of 24 bits: the first two products cancel without rounding.
        let first = fma(n, -1.57079637050628662109375, x)
        let second = fma(n, 4.37113900018624283e-8, first)
        return (shifted.bitPattern, fma(n, 1.71512451e-15, second))
    }

    /// sin r for |r| ≤ 0.81.
    @inlinable @inline(__always)
    package static func sinOfReduced(_ r: Float) -> Float {
        let z = r * r
        var p = fma(-0.00019505627, z, 0.008332096)
        p = fma(p, z, -0.16666654)
        return fma(p, z * r, r)
    }

    /// cos r for |r| ≤ 0.81.
    @inlinable @inline(__always)
    package static func cosOfReduced(_ r: Float) -> Float {
        let z = r * r
        var p = fma(2.4428207e-05, z, -0.0013887289)
        p = fma(p, z, 0.041666646)
        p = fma(p, z, -0.5)
        return fma(p, z, 1)
    }

    /// sin x and cos x for |x| ≤ `trigonometricBound`, within 2 ulp.
    @inlinable @inline(__always)
    package static func sinCosInRange(_ x: Float) -> (sin: Float, cos: Float) {
        let (quadrant, r) = reduceByQuarterTurns(x)
        let s = sinOfReduced(r)
        let c = cosOfReduced(r)
        let isOdd = quadrant & 1 != 0
        let sine = select(isOdd, c, s).bitPattern ^ ((quadrant & 2) &<< 30)
        let cosine = select(isOdd, s, c).bitPattern ^ (((quadrant &+ 1) & 2) &<< 30)
        return (select(x == 0, x, Float(bitPattern: sine)), Float(bitPattern: cosine))
    }

    /// tan x for |x| ≤ `trigonometricBound`, within 3 ulp.
    @inlinable @inline(__always)
    package static func tanInRange(_ x: Float) -> Float {
        let (quadrant, r) = reduceByQuarterTurns(x)
        let z = r * r
        var p = fma(0.004641121, z, -0.00045092672)
        p = fma(p, z, 0.011265073)
        p = fma(p, z, 0.021115405)
        p = fma(p, z, 0.05409245)
        p = fma(p, z, 0.13332374)
        p = fma(p, z, 0.33333358)
        let tangent = fma(p, z * r, r)
        let value = select(quadrant & 1 != 0, -1 / tangent, tangent)
        return select(x == 0, x, value)
    }

    /// sin x for any x. It calls the C library beyond the bound: loops use the form with a count.
    @inlinable @inline(__always)
    package static func sin(_ x: Float) -> Float {
        abs(x) <= trigonometricBound ? sinCosInRange(x).sin : Glibc.sinf(x)
    }

    /// cos x for any x. It calls the C library beyond the bound: loops use the form with a count.
    @inlinable @inline(__always)
    package static func cos(_ x: Float) -> Float {
        abs(x) <= trigonometricBound ? sinCosInRange(x).cos : Glibc.cosf(x)
    }

    /// tan x for any x. It calls the C library beyond the bound: loops use the form with a count.
    @inlinable @inline(__always)
    package static func tan(_ x: Float) -> Float {
        abs(x) <= trigonometricBound ? tanInRange(x) : Glibc.tanf(x)
    }

    /// sin of `count` elements; `output` may be `input`.
    package static func sin(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        inBlocks(input, output, count, { sinCosInRange($0).sin }, { Glibc.sinf($0) })
    }

    /// cos of `count` elements; `output` may be `input`.
    package static func cos(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        inBlocks(input, output, count, { sinCosInRange($0).cos }, { Glibc.cosf($0) })
    }

    /// tan of `count` elements; `output` may be `input`.
    package static func tan(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        inBlocks(input, output, count, { tanInRange($0) }, { Glibc.tanf($0) })
    }

    /// Runs `inRange` over the blocks whose elements all lie within the bound and `anywhere` over the others.
    @inlinable @inline(__always)
    package static func inBlocks(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ count: Int,
        _ inRange: (Float) -> Float, _ anywhere: (Float) -> Float
    ) {
        var start = 0
        while start < count {
            let end = Swift.min(start &+ 256, count)
            // Bit patterns order like magnitudes; infinity and NaN come out on top.
            var largest: UInt32 = 0
            for i in start..<end { largest = Swift.max(largest, input[i].bitPattern & 0x7fff_ffff) }
            if largest <= trigonometricBound.bitPattern {
                for i in start..<end { output[i] = inRange(input[i]) }
            } else {
                for i in start..<end { output[i] = anywhere(input[i]) }
            }
            start = end
        }
    }
}

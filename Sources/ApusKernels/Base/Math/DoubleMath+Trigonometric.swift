import Glibc

extension DoubleMath {
    /// The largest magnitude for which the reduction of `reduceByQuarterTurns` is accurate.
    @inlinable package static var trigonometricBound: Double { 1e6 }

    /// x = n·π/2 + r with |r| ≤ π/4, for |x| ≤ `trigonometricBound`; `quadrant` holds n modulo 4 in its low bits.
    @inlinable @inline(__always)
    package static func reduceByQuarterTurns(_ x: Double) -> (quadrant: UInt64, remainder: Double) {
        let shifted = fma(x, 0.6366197723675814, roundingShift)
        let n = shifted - roundingShift
        // π/2 in three parts of 53 bits: the first two products cancel without rounding.
        let first = fma(n, -1.5707963267948966, x)
        let second = fma(n, -6.123233995736766e-17, first)
        return (shifted.bitPattern, fma(n, 1.4973849048591833e-33, second))
    }

    /// sin r for |r| ≤ π/4, with fdlibm's coefficients.
    @inlinable @inline(__always)
    package static func sinOfReduced(_ r: Double) -> Double {
        let z = r * r
        var p = fma(1.58969099521155010221e-10, z, -2.50507602534068634195e-08)
        p = fma(p, z, 2.75573137070700676789e-06)
        p = fma(p, z, -1.98412698298579493134e-04)
        p = fma(p, z, 8.33333333332248946124e-03)
        p = fma(p, z, -1.66666666666666324348e-01)
        return fma(p, z * r, r)
    }

    /// cos r for |r| ≤ π/4, with fdlibm's coefficients.
    @inlinable @inline(__always)
    package static func cosOfReduced(_ r: Double) -> Double {
        let z = r * r
        var p = fma(-1.13596475577881948265e-11, z, 2.08757232129817482790e-09)
        p = fma(p, z, -2.75573143513906633035e-07)
        p = fma(p, z, 2.48015872894767294178e-05)
        p = fma(p, z, -1.38888888888741095749e-03)
        p = fma(p, z, 4.16666666666666019037e-02)
        p = fma(p, z, -0.5)
        return fma(p, z, 1)
    }

    /// sin x and cos x for |x| ≤ `trigonometricBound`, within 2 ulp.
    @inlinable @inline(__always)
    package static func sinCosInRange(_ x: Double) -> (sin: Double, cos: Double) {
        let (quadrant, r) = reduceByQuarterTurns(x)
        let s = sinOfReduced(r)
        let c = cosOfReduced(r)
        let isOdd = quadrant & 1 != 0
        let sine = select(isOdd, c, s).bitPattern ^ ((quadrant & 2) &<< 62)
        let cosine = select(isOdd, s, c).bitPattern ^ (((quadrant &+ 1) & 2) &<< 62)
        return (select(x == 0, x, Double(bitPattern: sine)), Double(bitPattern: cosine))
    }

    /// sin x.
    @inlinable @inline(__always)
    package static func sin(_ x: Double) -> Double { Glibc.sin(x) }

    /// cos x.
    @inlinable @inline(__always)
    package static func cos(_ x: Double) -> Double { Glibc.cos(x) }

    /// tan x.
    @inlinable @inline(__always)
    package static func tan(_ x: Double) -> Double { Glibc.tan(x) }

    /// asin x; NaN outside [-1, 1].
    @inlinable @inline(__always)
    package static func asin(_ x: Double) -> Double { Glibc.asin(x) }

    /// acos x; NaN outside [-1, 1].
    @inlinable @inline(__always)
    package static func acos(_ x: Double) -> Double { Glibc.acos(x) }

    /// atan x.
    @inlinable @inline(__always)
    package static func atan(_ x: Double) -> Double { Glibc.atan(x) }

    /// The angle of the point (x, y), in [-π, π].
    @inlinable @inline(__always)
    package static func atan2(_ y: Double, _ x: Double) -> Double { Glibc.atan2(flushed(y), flushed(x)) }

    /// sin of `count` elements; `output` may be `input`.
    package static func sin(
        _ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        inBlocks(input, output, count, { sinCosInRange($0).sin }, { Glibc.sin($0) })
    }

    /// cos of `count` elements; `output` may be `input`.
    package static func cos(
        _ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        inBlocks(input, output, count, { sinCosInRange($0).cos }, { Glibc.cos($0) })
    }

    /// tan of `count` elements; `output` may be `input`.
    package static func tan(
        _ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        for i in 0..<count { output[i] = Glibc.tan(input[i]) }
    }

    /// Runs `inRange` over the blocks whose elements all lie within the bound and `anywhere` over the others.
    @inlinable @inline(__always)
    package static func inBlocks(
        _ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>, _ count: Int,
        _ inRange: (Double) -> Double, _ anywhere: (Double) -> Double
    ) {
        var start = 0
        while start < count {
            let end = Swift.min(start &+ 256, count)
            // Bit patterns order like magnitudes; infinity and NaN come out on top.
            var largest: UInt64 = 0
            for i in start..<end {
                largest = Swift.max(largest, input[i].bitPattern & 0x7fff_ffff_ffff_ffff)
            }
            if largest <= trigonometricBound.bitPattern {
                for i in start..<end { output[i] = inRange(input[i]) }
            } else {
                for i in start..<end { output[i] = anywhere(input[i]) }
            }
            start = end
        }
    }
}

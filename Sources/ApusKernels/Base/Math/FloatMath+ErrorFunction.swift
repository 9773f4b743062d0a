extension FloatMath {
    /// The error function, within 2 ulp.
    @inlinable @inline(__always)
    package static func erf(_ x: Float) -> Float {
        let a = abs(x)
        let z = x * x
        var s = fma(-0.00059677404, z, 0.0049893884)
        s = fma(s, z, -0.026764693)
        s = fma(s, z, 0.11281788)
        s = fma(s, z, -0.37612495)
        s = fma(s, z, 0.12837915)
        let inner = fma(s, a, a)
        // From 0.92 on, -log(erfc a) is a polynomial; at 4.1 the result has reached 1.
        let t = select(a > 4.1, 4.1, a)
        var p = fma(-0.00019592274, t, 0.0030431154)
        p = fma(p, t, -0.022226634)
        p = fma(p, t, 0.103931196)
        p = fma(p, t, 0.63718253)
        p = fma(p, t, 1.1276755)
        p = fma(p, t, 0.00019568374)
        let outer = 1 - expInRange(-p)
        return copySign(select(a > 0.93, outer, inner), x)
    }

    /// Φ(-a) of the standard normal distribution for a in [0, 12.651], where it vanishes: within 3 ulp to a = 1,
    /// 1e-6 to 4, 3e-6 to 6 and 2e-5 to 8, and less than 6e-16 from there on.
    @inlinable @inline(__always)
    package static func normalTail(_ a: Float) -> Float {
        // A polynomial for log2 Φ(-a). Even and odd terms apart: half as long a chain of dependent steps.
        let z = a * a
        var even = fma(-1.0776773e-10, z, -1.3156172e-07)
        even = fma(even, z, -1.5795162e-05)
        even = fma(even, z, -0.00030275024)
        even = fma(even, z, 0.006956689)
        even = fma(even, z, -0.45921245)
        even = fma(even, z, -1)
        var odd = fma(5.6428413e-09, z, 1.7963119e-06)
        odd = fma(odd, z, 9.081528e-05)
        odd = fma(odd, z, 1.402502e-05)
        odd = fma(odd, z, -0.052459706)
        odd = fma(odd, z, -1.1511053)
        return exp2InRange(fma(odd, a, even))
    }

    /// Φ(-a) and the density φ(a) of the standard normal distribution for a in [0, 13.25], each within 5 ulp;
    /// from 13.25 on both are smaller than normal numbers.
    @inlinable @inline(__always)
    package static func normalTailAndDensity(_ a: Float) -> (tail: Float, density: Float) {
        // e^(-a²/2) from u = a² + 2n·ln 2, which takes in the rounding error of the square, or the tail
        // loses digits.
        let square = a * a
        let shifted = fma(square, -0.72134752, roundingShift)
        let n = shifted - roundingShift
        let u = fma(n, -3.809308646296472e-9, fma(n, 1.38629436492919921875, square)) + fma(a, a, -square)
        var e = fma(2.1619527e-05, u, -0.00026153547)
        e = fma(e, u, 0.0026042566)
        e = fma(e, u, -0.020833146)
        e = fma(e, u, 0.12499999)
        e = fma(e, u, -0.5)
        e = fma(e, u, 1)
        let gauss = Float(bitPattern: e.bitPattern &+ (shifted.bitPattern &<< 23))
        // Φ(-a)·e^(a²/2)·(a + 2.5) is a polynomial in (a - 2.5)/(a + 2.5).
        let r = reciprocal(a + 2.5)
        let t = (a - 2.5) * r
        var p = fma(-0.00018342749, t, -0.00034539247)
        p = fma(p, t, 0.0007071293)
        p = fma(p, t, 0.0025606845)
        p = fma(p, t, -0.001606522)
        p = fma(p, t, -0.016398896)
        p = fma(p, t, 0.009236222)
        p = fma(p, t, 0.1319884)
        p = fma(p, t, -0.433692)
        p = fma(p, t, 0.70665663)
        return (gauss * (p * r), gauss * 0.3989422804014327)
    }
}

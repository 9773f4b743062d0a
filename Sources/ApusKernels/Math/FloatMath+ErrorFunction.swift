extension FloatMath {
    /// The error function, within 2 ulp.
    @inline(__always)
    static func erf(_ x: Float) -> Float {
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

    /// Φ(-a) and the density φ(a) of the standard normal distribution for a ≥ 0, each within 3 ulp; zero beyond 12.9.
    @inline(__always)
    static func normalTail(_ a: Float) -> (tail: Float, density: Float) {
        // e^(-a²/2) with the rounding error of the square put back, or the tail loses digits.
        let bounded = select(a > 12.9, 12.9, a)
        let square = bounded * bounded
        let error = fma(bounded, bounded, -square)
        let coarse = expInRange(-0.5 * square)
        let gauss = fma(coarse, -0.5 * error, coarse)
        // Φ(-a)·e^(a²/2)·(a + K) is a polynomial in (a - K)/(a + K), K = 2.5.
        let reciprocal = 1 / (bounded + 2.5)
        let t = (bounded - 2.5) * reciprocal
        var p = fma(-0.00018342749, t, -0.00034539247)
        p = fma(p, t, 0.0007071293)
        p = fma(p, t, 0.0025606845)
        p = fma(p, t, -0.001606522)
        p = fma(p, t, -0.016398896)
        p = fma(p, t, 0.009236222)
        p = fma(p, t, 0.1319884)
        p = fma(p, t, -0.433692)
        p = fma(p, t, 0.70665663)
        let isFar = a > 12.9
        return (select(isFar, 0, gauss * (p * reciprocal)), select(isFar, 0, gauss * 0.3989422804014327))
    }
}

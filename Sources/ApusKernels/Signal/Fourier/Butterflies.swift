import ApusKernelBase

// Short Fourier transforms, forward: b[k] = Σ a[j]·exp(-2πi·jk/p). The points lie `xs` vectors apart and
// go to positions `ys` vectors apart; in a longer transform each result but the first is then multiplied by a
// twiddle factor.

/// The transform of `radix` points.
protocol Butterfly {
    static var radix: Int { get }
    static func plain<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int)
    /// With `radix - 1` complex factors at `w`.
    static func twiddled<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int,
        _ w: UnsafePointer<V.Scalar>)
}

enum Radix2: Butterfly {
    static var radix: Int { 2 }

    @inline(__always)
    static func plain<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int
    ) {
        let (a0, a1) = (LaneComplex(x), LaneComplex(x + xs))
        (a0 + a1).store(y)
        (a0 - a1).store(y + ys)
    }

    @inline(__always)
    static func twiddled<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int,
        _ w: UnsafePointer<V.Scalar>
    ) {
        let (a0, a1) = (LaneComplex(x), LaneComplex(x + xs))
        (a0 + a1).store(y)
        (a0 - a1).times(w).store(y + ys)
    }
}

enum Radix3: Butterfly {
    static var radix: Int { 3 }

    @inline(__always)
    private static func points<V: LaneVector>(_ x: UnsafePointer<V>, _ xs: Int) -> (
        LaneComplex<V>, LaneComplex<V>, LaneComplex<V>
    ) {
        let (a0, a1, a2) = (LaneComplex(x), LaneComplex(x + xs), LaneComplex(x + 2 * xs))
        let (sum, gap) = (a1 + a2, (a1 - a2).times(V.all(V.Scalar(0.866_025_403_784_438_6))))
        let middle = a0.adding(sum, times: V.all(-0.5))
        return (a0 + sum, .minusI(middle, gap), .plusI(middle, gap))
    }

    @inline(__always)
    static func plain<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int
    ) {
        let b = points(x, xs)
        b.0.store(y)
        b.1.store(y + ys)
        b.2.store(y + 2 * ys)
    }

    @inline(__always)
    static func twiddled<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int,
        _ w: UnsafePointer<V.Scalar>
    ) {
        let b = points(x, xs)
        b.0.store(y)
        b.1.times(w).store(y + ys)
        b.2.times(w + 2).store(y + 2 * ys)
    }
}

enum Radix4: Butterfly {
    static var radix: Int { 4 }

    @inline(__always)
    fileprivate static func points<V: LaneVector>(_ x: UnsafePointer<V>, _ xs: Int) -> (
        LaneComplex<V>, LaneComplex<V>, LaneComplex<V>, LaneComplex<V>
    ) {
        let (a0, a1, a2, a3) = (
            LaneComplex(x), LaneComplex(x + xs), LaneComplex(x + 2 * xs), LaneComplex(x + 3 * xs)
        )
        let (even, evenGap, odd, oddGap) = (a0 + a2, a0 - a2, a1 + a3, a1 - a3)
        return (even + odd, .minusI(evenGap, oddGap), even - odd, .plusI(evenGap, oddGap))
    }

    @inline(__always)
    static func plain<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int
    ) {
        let b = points(x, xs)
        b.0.store(y)
        b.1.store(y + ys)
        b.2.store(y + 2 * ys)
        b.3.store(y + 3 * ys)
    }

    @inline(__always)
    static func twiddled<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int,
        _ w: UnsafePointer<V.Scalar>
    ) {
        let b = points(x, xs)
        b.0.store(y)
        b.1.times(w).store(y + ys)
        b.2.times(w + 2).store(y + 2 * ys)
        b.3.times(w + 4).store(y + 3 * ys)
    }
}

enum Radix5: Butterfly {
    static var radix: Int { 5 }

    @inline(__always)
    private static func points<V: LaneVector>(_ x: UnsafePointer<V>, _ xs: Int) -> (
        LaneComplex<V>, LaneComplex<V>, LaneComplex<V>, LaneComplex<V>, LaneComplex<V>
    ) {
        let (c1, c2) = (
            V.all(V.Scalar(0.309_016_994_374_947_4)), V.all(V.Scalar(-0.809_016_994_374_947_5))
        )
        let (s1, s2) = (
            V.all(V.Scalar(0.951_056_516_295_153_5)), V.all(V.Scalar(0.587_785_252_292_473_2))
        )
        let (a0, a1, a2) = (LaneComplex(x), LaneComplex(x + xs), LaneComplex(x + 2 * xs))
        let (a3, a4) = (LaneComplex(x + 3 * xs), LaneComplex(x + 4 * xs))
        let (t1, t2, d1, d2) = (a1 + a4, a2 + a3, a1 - a4, a2 - a3)
        let m1 = a0.adding(t1, times: c1).adding(t2, times: c2)
        let m2 = a0.adding(t1, times: c2).adding(t2, times: c1)
        let n1 = d1.times(s1).adding(d2, times: s2)
        let n2 = d1.times(s2).adding(d2, times: V.negative(s1))
        return (a0 + t1 + t2, .minusI(m1, n1), .minusI(m2, n2), .plusI(m2, n2), .plusI(m1, n1))
    }

    @inline(__always)
    static func plain<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int
    ) {
        let b = points(x, xs)
        b.0.store(y)
        b.1.store(y + ys)
        b.2.store(y + 2 * ys)
        b.3.store(y + 3 * ys)
        b.4.store(y + 4 * ys)
    }

    @inline(__always)
    static func twiddled<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int,
        _ w: UnsafePointer<V.Scalar>
    ) {
        let b = points(x, xs)
        b.0.store(y)
        b.1.times(w).store(y + ys)
        b.2.times(w + 2).store(y + 2 * ys)
        b.3.times(w + 4).store(y + 3 * ys)
        b.4.times(w + 6).store(y + 4 * ys)
    }
}

enum Radix7: Butterfly {
    static var radix: Int { 7 }

    @inline(__always)
    private static func points<V: LaneVector>(_ x: UnsafePointer<V>, _ xs: Int) -> (
        LaneComplex<V>, LaneComplex<V>, LaneComplex<V>, LaneComplex<V>, LaneComplex<V>, LaneComplex<V>,
        LaneComplex<V>
    ) {
        let c1 = V.all(V.Scalar(0.623_489_801_858_733_5))
        let c2 = V.all(V.Scalar(-0.222_520_933_956_314_4))
        let c3 = V.all(V.Scalar(-0.900_968_867_902_419_1))
        let s1 = V.all(V.Scalar(0.781_831_482_468_029_8))
        let s2 = V.all(V.Scalar(0.974_927_912_181_823_6))
        let s3 = V.all(V.Scalar(0.433_883_739_117_558_1))
        let (minusS1, minusS3) = (V.negative(s1), V.negative(s3))
        let (a0, a1, a2, a3) = (
            LaneComplex(x), LaneComplex(x + xs), LaneComplex(x + 2 * xs), LaneComplex(x + 3 * xs)
        )
        let (a4, a5, a6) = (LaneComplex(x + 4 * xs), LaneComplex(x + 5 * xs), LaneComplex(x + 6 * xs))
        let (t1, t2, t3) = (a1 + a6, a2 + a5, a3 + a4)
        let (d1, d2, d3) = (a1 - a6, a2 - a5, a3 - a4)
        let m1 = a0.adding(t1, times: c1).adding(t2, times: c2).adding(t3, times: c3)
        let m2 = a0.adding(t1, times: c2).adding(t2, times: c3).adding(t3, times: c1)
        let m3 = a0.adding(t1, times: c3).adding(t2, times: c1).adding(t3, times: c2)
        let n1 = d1.times(s1).adding(d2, times: s2).adding(d3, times: s3)
        let n2 = d1.times(s2).adding(d2, times: minusS3).adding(d3, times: minusS1)
        let n3 = d1.times(s3).adding(d2, times: minusS1).adding(d3, times: s2)
        return (
            a0 + t1 + t2 + t3, .minusI(m1, n1), .minusI(m2, n2), .minusI(m3, n3), .plusI(m3, n3),
            .plusI(m2, n2), .plusI(m1, n1)
        )
    }

    @inline(__always)
    static func plain<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int
    ) {
        let b = points(x, xs)
        b.0.store(y)
        b.1.store(y + ys)
        b.2.store(y + 2 * ys)
        b.3.store(y + 3 * ys)
        b.4.store(y + 4 * ys)
        b.5.store(y + 5 * ys)
        b.6.store(y + 6 * ys)
    }

    @inline(__always)
    static func twiddled<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int,
        _ w: UnsafePointer<V.Scalar>
    ) {
        let b = points(x, xs)
        b.0.store(y)
        b.1.times(w).store(y + ys)
        b.2.times(w + 2).store(y + 2 * ys)
        b.3.times(w + 4).store(y + 3 * ys)
        b.4.times(w + 6).store(y + 4 * ys)
        b.5.times(w + 8).store(y + 5 * ys)
        b.6.times(w + 10).store(y + 6 * ys)
    }
}

enum Radix8: Butterfly {
    static var radix: Int { 8 }

    @inline(__always)
    private static func points<V: LaneVector>(_ x: UnsafePointer<V>, _ xs: Int) -> (
        LaneComplex<V>, LaneComplex<V>, LaneComplex<V>, LaneComplex<V>, LaneComplex<V>, LaneComplex<V>,
        LaneComplex<V>, LaneComplex<V>
    ) {
        let e = Radix4.points(x, 2 * xs)
        let o = Radix4.points(x + xs, 2 * xs)
        let r = V.all(V.Scalar(0.707_106_781_186_547_5))
        let minusR = V.negative(r)
        // o.1·(1 - i) and o.3·(-1 - i): the factor √½ goes into the sums.
        let p = LaneComplex(V.sum(o.1.re, o.1.im), V.difference(o.1.im, o.1.re))
        let q = LaneComplex(V.difference(o.3.re, o.3.im), V.sum(o.3.re, o.3.im))
        return (
            e.0 + o.0, e.1.adding(p, times: r), .minusI(e.2, o.2), e.3.adding(q, times: minusR),
            e.0 - o.0, e.1.adding(p, times: minusR), .plusI(e.2, o.2), e.3.adding(q, times: r)
        )
    }

    @inline(__always)
    static func plain<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int
    ) {
        let b = points(x, xs)
        b.0.store(y)
        b.1.store(y + ys)
        b.2.store(y + 2 * ys)
        b.3.store(y + 3 * ys)
        b.4.store(y + 4 * ys)
        b.5.store(y + 5 * ys)
        b.6.store(y + 6 * ys)
        b.7.store(y + 7 * ys)
    }

    @inline(__always)
    static func twiddled<V: LaneVector>(
        _ x: UnsafePointer<V>, _ xs: Int, _ y: UnsafeMutablePointer<V>, _ ys: Int,
        _ w: UnsafePointer<V.Scalar>
    ) {
        let b = points(x, xs)
        b.0.store(y)
        b.1.times(w).store(y + ys)
        b.2.times(w + 2).store(y + 2 * ys)
        b.3.times(w + 4).store(y + 3 * ys)
        b.4.times(w + 6).store(y + 4 * ys)
        b.5.times(w + 8).store(y + 5 * ys)
        b.6.times(w + 10).store(y + 6 * ys)
        b.7.times(w + 12).store(y + 7 * ys)
    }
}

import ApusKernelBase

// Two ways to make a real transform of a complex one: two rows as real and imaginary part, or the even
// and the odd elements of one row, which takes one more pass.

extension LaneSteps {
    /// From the transform Z of x[2j] + i·x[2j+1], as many as this plan's length h, to the h + 1 first
    /// coefficients of x, in place: with w = exp(-πi/h),
    /// X[k] = (Z[k] + Z*[h-k])/2 - i·wᵏ·(Z[k] - Z*[h-k])/2.
    func joinHalves(_ z: UnsafeMutablePointer<V>, edge: Scalar) {
        let h = length
        let (first, half) = (LaneComplex(z), V.all(0.5))
        let factor = V.all(edge)
        z[0] = V.product(V.sum(first.re, first.im), factor)
        z[1] = V.zero
        z[2 * h] = V.product(V.difference(first.re, first.im), factor)
        z[2 * h + 1] = V.zero
        var k = 1
        while 2 * k < h {
            let (low, high) = (z + 2 * k, z + 2 * (h - k))
            let (a, c) = (LaneComplex(low), LaneComplex(high))
            let b = LaneComplex(c.re, V.negative(c.im))
            let (fr, fi) = (V.all(roots[2 * k + 1] / 2), V.all(roots[2 * k] / -2))
            let (e, gap) = ((a + b).times(half), a - b)
            let t = LaneComplex(
                V.fma(V.product(gap.re, fr), V.negative(gap.im), fi),
                V.fma(V.product(gap.im, fr), gap.re, fi))
            let rest = e - t
            (e + t).store(low)
            LaneComplex(rest.re, V.negative(rest.im)).store(high)
            k += 1
        }
        if 2 * k == h { z[h + 1] = V.negative(z[h + 1]) }
    }

    /// The way back, with real and imaginary parts exchanged in the input and the result: from the
    /// coefficients X to Z, so that the inverse transform of Z is x[2j] + i·x[2j+1], both without scale:
    /// Z[k] = X[k] + X*[h-k] + i·w⁻ᵏ·(X[k] - X*[h-k]).
    func splitHalves(_ x: UnsafeMutablePointer<V>, edge: Scalar) {
        let h = length
        let factor = V.all(edge)
        let (first, last) = (V.product(x[1], factor), V.product(x[2 * h + 1], factor))
        x[1] = V.sum(first, last)
        x[0] = V.difference(first, last)
        var k = 1
        while 2 * k < h {
            let (low, high) = (x + 2 * k, x + 2 * (h - k))
            let a = LaneComplex(low[1], low[0])
            let b = LaneComplex(high[1], V.negative(high[0]))
            let (fr, fi) = (V.all(roots[2 * k + 1]), V.all(roots[2 * k]))
            let (e, gap) = (a + b, a - b)
            let t = LaneComplex(
                V.fma(V.product(gap.re, fr), V.negative(gap.im), fi),
                V.fma(V.product(gap.im, fr), gap.re, fi))
            let (sum, rest) = (e + t, e - t)
            LaneComplex(sum.im, sum.re).store(low)
            LaneComplex(V.negative(rest.im), rest.re).store(high)
            k += 1
        }
        if 2 * k == h {
            x[h + 1] = V.product(x[h + 1], V.all(2))
            x[h] = V.product(x[h], V.all(-2))
        }
    }

    /// From the transform of a + i·b, of this plan's length n, to the n/2 + 1 first coefficients of a and
    /// of b: A[k] = (Z[k] + Z*[n-k])/2, B[k] = (Z[k] - Z*[n-k])/2i.
    func separatePair(
        _ z: UnsafeMutablePointer<V>, _ stride: Int, _ a: UnsafeMutablePointer<V>,
        _ b: UnsafeMutablePointer<V>?, edge: Scalar
    ) {
        let (n, half) = (length, V.all(0.5))
        for k in 0...(n / 2) {
            let isEdge = 2 * k == n || k == 0
            let (p, q) = (z + 2 * k * stride, z + 2 * (isEdge ? k : n - k) * stride)
            let factor = isEdge ? V.all(edge / 2) : half
            a[2 * k] = V.product(V.sum(p[0], q[0]), factor)
            a[2 * k + 1] = V.product(V.difference(p[1], q[1]), factor)
            if let b {
                b[2 * k] = V.product(V.sum(p[1], q[1]), factor)
                b[2 * k + 1] = V.product(V.difference(q[0], p[0]), factor)
            }
        }
    }

    /// The way back, real and imaginary parts exchanged in all three: Z[k] = A[k] + i·B[k] and
    /// Z[n-k] = A*[k] + i·B*[k].
    func combinePair(
        _ a: UnsafeMutablePointer<V>, _ b: UnsafeMutablePointer<V>?, _ z: UnsafeMutablePointer<V>,
        _ stride: Int, edge: Scalar
    ) {
        let n = length
        for k in 0...(n / 2) {
            if 2 * k == n || k == 0 {
                let factor = V.all(edge)
                z[2 * k * stride + 1] = V.product(a[2 * k + 1], factor)
                z[2 * k * stride] = b.map { V.product($0[2 * k + 1], factor) } ?? V.zero
                continue
            }
            let (re, im) = (a[2 * k + 1], a[2 * k])
            let (p, q) = (z + 2 * k * stride, z + 2 * (n - k) * stride)
            if let b {
                let (bre, bim) = (b[2 * k + 1], b[2 * k])
                p[1] = V.difference(re, bim)
                p[0] = V.sum(im, bre)
                q[1] = V.sum(re, bim)
                q[0] = V.difference(bre, im)
            } else {
                (p[1], p[0]) = (re, im)
                (q[1], q[0]) = (re, V.negative(im))
            }
        }
    }
}

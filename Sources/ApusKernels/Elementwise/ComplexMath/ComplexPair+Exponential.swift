import ApusKernelBase

// Exponentials and logarithms to other bases, and those that are exact for small numbers.
extension ComplexPair where T: RealElement {
    /// 2^z: 2^re (cos(im ln 2) + i sin(im ln 2)).
    @inline(__always)
    func exp2() -> Self {
        Self(widened) { z in
            let modulus = DoubleMath.exp2(z.re)
            let turn = z.im * 0.6931471805599453
            // e^z handles a modulus that is zero, infinite or NaN.
            if !(modulus > 0 && modulus < .infinity && turn.magnitude < .infinity) {
                return (z * 0.6931471805599453).exp()
            }
            let (s, c) = Double.realSinCos(turn)
            return ComplexPair<Double>(modulus * c, z.im == 0 ? z.im : modulus * s)
        }
    }

    /// e^z - 1 without cancellation near zero: (e^re - 1) cos im - 2 sin²(im / 2) + i e^re sin im.
    @inline(__always)
    func expm1() -> Self {
        Self(widened) { z in
            // For large parts, infinities and NaN the result is e^z: there, subtracting 1 changes nothing.
            if !(z.re.magnitude < 50 && z.im.magnitude < .infinity) {
                let e = z.exp()
                return ComplexPair<Double>(e.re - 1, e.im)
            }
            let (s, c) = Double.realSinCos(z.im)
            let half = Double.realSinCos(z.im / 2).sin
            let less = DoubleMath.expm1(z.re)
            return ComplexPair<Double>(less * c - 2 * half * half, z.im == 0 ? z.im : (less + 1) * s)
        }
    }

    /// The logarithm to base 2.
    @inline(__always)
    func log2() -> Self { Self(widened) { $0.log() * 1.4426950408889634 } }

    /// The logarithm to base 10.
    @inline(__always)
    func log10() -> Self { Self(widened) { $0.log() * 0.4342944819032518 } }

    /// log(1 + z) without loss near zero.
    @inline(__always)
    func log1p() -> Self {
        Self(widened) { z in
            let (x, y) = (z.re, z.im)
            if !(x.magnitude < 0.75 && y.magnitude < 1) { return ComplexPair<Double>(1 + x, y).log() }
            // |1 + z|² - 1 = 2x + x² + y², with the rounding errors of the squares added: these may cancel 2x.
            let (xx, yy) = (x * x, y * y)
            let lost = (-xx).addingProduct(x, x) + (-yy).addingProduct(y, y)
            let (first, firstLost) = sumAndLoss(2 * x, x.magnitude > y.magnitude ? xx : yy)
            let (second, secondLost) = sumAndLoss(first, x.magnitude > y.magnitude ? yy : xx)
            return ComplexPair<Double>(
                0.5 * DoubleMath.log1p(second + (firstLost + secondLost + lost)),
                DoubleMath.atan2(y, 1 + x))
        }
    }

    private var widened: ComplexPair<Double> { ComplexPair<Double>(Double(re), Double(im)) }

    /// The result of a function that computes in double precision.
    @inline(__always)
    private init(_ z: ComplexPair<Double>, _ function: (ComplexPair<Double>) -> ComplexPair<Double>) {
        let wide = function(z)
        self.init(T(wide.re), T(wide.im))
    }
}

/// The rounded sum, and what it lost to rounding (Knuth).
@inline(__always)
private func sumAndLoss(_ a: Double, _ b: Double) -> (sum: Double, loss: Double) {
    let sum = a + b
    let rest = sum - a
    return (sum, (a - (sum - rest)) + (b - rest))
}

import ApusKernelBase

/// A symmetric matrix of two rows: of the real and the imaginary part.
struct SymmetricPair {
    var rr: Double
    var ii: Double
    var ri: Double

    @inline(__always)
    init(_ rr: Double, _ ii: Double, _ ri: Double) {
        self.rr = rr
        self.ii = ii
        self.ri = ri
    }

    /// V^(-½) of a covariance V + εI.
    ///
    /// With s = √det and t = √(trace + 2s), V^(-½) is V with its diagonal elements swapped and the other one negated,
    /// plus s on the diagonal, over s·t (Trabelsi et al., 2018, section 3.5). The determinant is split so that rounding
    /// cannot make it less than it is for perfectly correlated parts.
    @inline(__always)
    init(whitening covariance: SymmetricPair, epsilon: Double) {
        let (a, b, c) = (covariance.rr, covariance.ii, covariance.ri)
        let s = (max(a * b - c * c, 0) + epsilon * (a + b + epsilon)).squareRoot()
        let t = (a + b + 2 * epsilon + 2 * s).squareRoot()
        let factor = 1 / (s * t)
        self.init((b + epsilon + s) * factor, (a + epsilon + s) * factor, -c * factor)
    }

    /// This matrix on both sides of another.
    @inline(__always)
    func around(_ other: SymmetricPair) -> SymmetricPair {
        SymmetricPair(
            rr * rr * other.rr + 2 * rr * ri * other.ri + ri * ri * other.ii,
            ri * ri * other.rr + 2 * ri * ii * other.ri + ii * ii * other.ii,
            rr * ri * other.rr + (rr * ii + ri * ri) * other.ri + ri * ii * other.ii)
    }

    /// The gradient of the covariance from that of its whitening matrix M, which this one is:
    /// -(M²·G·M² + det M·M·G·M) / (2 trace M).
    ///
    /// From d(M·V·M) = 0 follows M⁻¹·dM + dM·M⁻¹ = -M·dV·M; the equation A·X + X·A = C has for two rows the solution
    /// X = (C + det A·A⁻¹·C·A⁻¹) / (2 trace A).
    @inline(__always)
    func covarianceGradient(_ gradient: SymmetricPair) -> SymmetricPair {
        let inner = around(gradient)
        let outer = around(inner)
        let determinant = rr * ii - ri * ri
        let factor = -0.5 / (rr + ii)
        return SymmetricPair(
            factor * (outer.rr + determinant * inner.rr), factor * (outer.ii + determinant * inner.ii),
            factor * (outer.ri + determinant * inner.ri))
    }
}

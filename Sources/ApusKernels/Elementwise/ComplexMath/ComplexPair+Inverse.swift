import ApusKernelBase
import CProcessor

// Inverse trigonometric and hyperbolic functions: those of the C library in double precision, whose branch cuts
// (Kahan, "Branch cuts for complex elementary functions", 1987), signed zeros and infinities are C99's.
extension ComplexPair where T: RealElement {
    /// The number with this sine and a real part in [-π/2, π/2].
    @inline(__always)
    func asin() -> Self { computed(apus_casin) }

    /// The number with this cosine and a real part in [0, π].
    @inline(__always)
    func acos() -> Self { computed(apus_cacos) }

    /// The number with this tangent and a real part in [-π/2, π/2].
    @inline(__always)
    func atan() -> Self { computed(apus_catan) }

    /// The number with this hyperbolic sine and an imaginary part in [-π/2, π/2].
    @inline(__always)
    func asinh() -> Self { computed(apus_casinh) }

    /// The number with this hyperbolic cosine, a real part of at least 0 and an imaginary part in [-π, π].
    @inline(__always)
    func acosh() -> Self { computed(apus_cacosh) }

    /// The number with this hyperbolic tangent and an imaginary part in [-π/2, π/2].
    @inline(__always)
    func atanh() -> Self { computed(apus_catanh) }

    @inline(__always)
    private func computed(_ function: (Double, Double, UnsafeMutablePointer<Double>) -> Void) -> Self {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2) { result in
            function(
                DoubleMath.flushed(Double(re)), DoubleMath.flushed(Double(im)), result.baseAddress!)
            return Self(T(result[0]), T(result[1]))
        }
    }
}

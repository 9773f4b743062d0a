import Apus

// Starting weights that are complex by definition (Trabelsi et al., "Deep Complex Networks", 2018).

extension Initializer.Criterion {
    /// The Rayleigh distribution's parameter: E|W|² = 2σ².
    func sigma(_ shape: Shape) -> Double {
        let (fanIn, fanOut) = fans(of: shape)
        switch self {
        case .glorot: return 1 / (fanIn + fanOut).squareRoot()
        case .he: return 1 / fanIn.squareRoot()
        }
    }
}

extension Initializer {
    func complexType(_ dtype: DType?) -> DType {
        let dtype = dtype ?? .complex64
        if !dtype.isComplex {
            fail(
                "Initializer", "\(self) draws complex weights, not \(dtype): ask for complex64 or complex128")
        }
        return dtype
    }

    /// Independent normal parts of deviation σ are, in polar form, a Rayleigh(σ) modulus and a uniform phase.
    func rayleigh(
        _ shape: Shape, _ criterion: Criterion, _ dtype: DType, _ generator: RandomGenerator
    ) -> Tensor {
        .normal(shape, std: 2.0.squareRoot() * criterion.sigma(shape), dtype: dtype, using: generator)
    }

    func unitary(
        _ shape: Shape, _ criterion: Criterion, _ dtype: DType, _ generator: RandomGenerator
    ) -> Tensor {
        let sigma = criterion.sigma(shape)
        let (rows, columns) = (shape[0], shape.dropFirst().clampedProduct)
        let gaussian = Tensor.normal([rows, columns], dtype: dtype, using: generator)
        if gaussian.count == 0 { return gaussian.reshape(shape) }
        return withoutGradient {
            guard let factors = try? gaussian.svd() else {
                fail("Initializer", "the singular values of a \(rows) × \(columns) matrix did not converge")
            }
            // The entries of orthonormal rows or columns have E|W|² = 1/max(rows, columns).
            let factor = sigma * Double(2 * max(rows, columns)).squareRoot()
            return (factors.u.matmul(factors.vh) * factor).reshape(shape)
        }
    }
}

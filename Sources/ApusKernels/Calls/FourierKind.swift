/// Which Fourier transform, without its scale.
package enum FourierKind: Sendable {
    /// Y[k] = Σ x[j]·exp(-2πi·jk/n)
    case forward
    /// Y[k] = Σ x[j]·exp(+2πi·jk/n)
    case inverse
    /// The forward transform of real numbers: the first n/2 + 1 results, which determine the others.
    case realForward
    /// The inverse transform with a real result, from the first n/2 + 1 coefficients.
    case realInverse
}

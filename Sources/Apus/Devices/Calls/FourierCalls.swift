import ApusKernelCalls

/// Fourier transforms.
package protocol FourierCalls: DeviceCalls {
    /// Transforms some axes of `x` into `y`, times `scale`.
    ///
    /// - Parameters:
    ///   - x: float32, float64, complex64 or complex128, of any strides; of a real inverse transform the
    ///     last of `axes` has n/2 + 1 elements.
    ///   - y: as `x`; in a real transform one of the two is real and the other complex.
    ///   - axes: of real transforms the last one is the one along which numbers are real.
    ///   - edge: the factor of those coefficients of a real transform that have no conjugate counterpart: the first one
    ///     and, at even lengths, the last one.
    func fourierTransform(
        _ kind: FourierKind, _ x: Operand, into y: Operand, axes: [Int], scale: Double, edge: Double)
}

extension FourierCalls {
    package func fourierTransform(
        _ kind: FourierKind, _ x: Operand, into y: Operand, axes: [Int], scale: Double, edge: Double
    ) { lacks() }
}

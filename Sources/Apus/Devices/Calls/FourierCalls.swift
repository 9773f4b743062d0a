import ApusKernelCalls

/// Fourier transforms.
package protocol FourierCalls: DeviceCalls {
    /// Transforms some axes of `x` into `y`, times `scale`.
    ///
    /// - Parameters:
    ///   - x: float32, float64, complex64 or complex128, of any strides; of a real inverse transform the
    ///     last of `axes` has n/2 + 1 elements.
    ///   - y: as `x`, real where `x` is complex in a real transform and the other way round.
    ///   - axes: of real transforms the last one is the one along which numbers are real.
    ///   - edge: what the coefficients of a real transform that stand for themselves alone, the first one
    ///     and at even lengths the last one, are multiplied by.
    func fourierTransform(
        _ kind: FourierKind, _ x: Operand, into y: Operand, axes: [Int], scale: Double, edge: Double)
}

extension FourierCalls {
    package func fourierTransform(
        _ kind: FourierKind, _ x: Operand, into y: Operand, axes: [Int], scale: Double, edge: Double
    ) { lacks() }
}

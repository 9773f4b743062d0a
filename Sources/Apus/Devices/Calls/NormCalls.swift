import ApusKernelCalls

/// Normalisation of rows and of groups of channels. Covariances are float64.
package protocol NormCalls: DeviceCalls {
    /// Each row less its mean, over its standard deviation, times a weight and plus a bias for each position.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands; all are contiguous.
    ///   - weight, bias: `length` elements; nil is ones and zeros.
    ///   - means, scales: each row's mean and 1 / √(variance + ε), for the gradient.
    func layerNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, weight: UnsafeRawPointer?,
        bias: UnsafeRawPointer?, epsilon: Double, into y: UnsafeMutableRawPointer,
        means: UnsafeMutableRawPointer, scales: UnsafeMutableRawPointer)

    /// The gradients of `layerNorm`'s input and, where asked for, of its weight and bias.
    func layerNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int,
        weight: UnsafeRawPointer?, means: UnsafeRawPointer, scales: UnsafeRawPointer,
        ofInput: UnsafeMutableRawPointer, ofWeight: UnsafeMutableRawPointer?, ofBias: UnsafeMutableRawPointer?
    )

    /// Each row over its root mean square, times a weight for each position.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands; all are contiguous.
    ///   - weight: `length` elements; nil is ones.
    ///   - scales: each row's 1 / √(mean square + ε), for the gradient.
    func rmsNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, weight: UnsafeRawPointer?,
        epsilon: Double, into y: UnsafeMutableRawPointer, scales: UnsafeMutableRawPointer)

    /// The gradients of `rmsNorm`'s input and weight.
    func rmsNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int,
        weight: UnsafeRawPointer?, scales: UnsafeRawPointer, ofInput: UnsafeMutableRawPointer,
        ofWeight: UnsafeMutableRawPointer)

    /// Mean and variance (over n, not n - 1) of each group of channels of each sample.
    ///
    /// One pass: each piece sums differences from its first row, whose squares hardly cancel, and the
    /// pieces join by Chan, Golub and LeVeque's formula (1979).
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands.
    ///   - means, variances: `samples` × `groups`.
    func channelMoments(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeMutableRawPointer,
        variances: UnsafeMutableRawPointer)

    /// (x - mean) · scale · weight + bias of each element, and the activation of that.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands.
    ///   - means, scales: of each sample's groups of channels; a scale is 1 / √(variance + ε).
    ///   - weight, bias: an element a channel; nil is ones and zeros.
    func channelNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeRawPointer,
        scales: UnsafeRawPointer, weight: UnsafeRawPointer?, bias: UnsafeRawPointer?, activation: Activation,
        into y: UnsafeMutableRawPointer)

    /// `channelMoments`, and `channelNorm` with them and ε.
    func channelNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, epsilon: Double,
        weight: UnsafeRawPointer?, bias: UnsafeRawPointer?, activation: Activation,
        into y: UnsafeMutableRawPointer,
        means: UnsafeMutableRawPointer, variances: UnsafeMutableRawPointer)

    /// The gradients of `channelNorm`'s input, weight and bias, where asked for.
    ///
    /// - Parameter constantMoments: whether mean and scale do not depend on the input.
    func channelNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups,
        means: UnsafeRawPointer, scales: UnsafeRawPointer, weight: UnsafeRawPointer?, bias: UnsafeRawPointer?,
        activation: Activation, constantMoments: Bool, ofInput: UnsafeMutableRawPointer?,
        ofWeight: UnsafeMutableRawPointer?, ofBias: UnsafeMutableRawPointer?)

    /// Mean and covariance (over n, not n - 1) of the parts of each group of complex channels of each sample.
    ///
    /// One pass, as `channelMoments`.
    ///
    /// - Parameters:
    ///   - dtype: complex64 or complex128, of `x` and `means`.
    ///   - means: `samples` × `groups`.
    ///   - covariances: as many times three: of the real parts, of the imaginary parts, of both.
    func complexMoments(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeMutableRawPointer,
        covariances: UnsafeMutableRawPointer)

    /// γ·V^(-½)·(x - mean) + bias of each complex element as a vector of its parts, and where asked for the ReLU of
    /// both parts.
    ///
    /// - Parameters:
    ///   - dtype: complex64 or complex128, of `x`, `y`, `means` and `bias`; `weight` is of its real type.
    ///   - covariances: three numbers for each sample's groups: of the real parts, of the imaginary parts, of both.
    ///   - epsilon: added to both variances.
    ///   - weight: γ, three numbers a channel in the same order; nil is the identity.
    ///   - bias: an element a channel; nil is zeros.
    func complexNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeRawPointer,
        covariances: UnsafeRawPointer, epsilon: Double, weight: UnsafeRawPointer?, bias: UnsafeRawPointer?,
        relu: Bool, into y: UnsafeMutableRawPointer)

    /// The gradients of `complexNorm`'s input, weight and bias, where asked for.
    ///
    /// - Parameter constantMoments: whether mean and covariance do not depend on the input.
    func complexNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups,
        means: UnsafeRawPointer, covariances: UnsafeRawPointer, epsilon: Double, weight: UnsafeRawPointer?,
        bias: UnsafeRawPointer?, relu: Bool, constantMoments: Bool, ofInput: UnsafeMutableRawPointer?,
        ofWeight: UnsafeMutableRawPointer?, ofBias: UnsafeMutableRawPointer?)
}

extension NormCalls {
    package func layerNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, weight: UnsafeRawPointer?,
        bias: UnsafeRawPointer?, epsilon: Double, into y: UnsafeMutableRawPointer,
        means: UnsafeMutableRawPointer, scales: UnsafeMutableRawPointer
    ) { lacks() }

    package func layerNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int,
        weight: UnsafeRawPointer?, means: UnsafeRawPointer, scales: UnsafeRawPointer,
        ofInput: UnsafeMutableRawPointer, ofWeight: UnsafeMutableRawPointer?, ofBias: UnsafeMutableRawPointer?
    ) { lacks() }

    package func rmsNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, weight: UnsafeRawPointer?,
        epsilon: Double, into y: UnsafeMutableRawPointer, scales: UnsafeMutableRawPointer
    ) { lacks() }

    package func rmsNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int,
        weight: UnsafeRawPointer?, scales: UnsafeRawPointer, ofInput: UnsafeMutableRawPointer,
        ofWeight: UnsafeMutableRawPointer
    ) { lacks() }

    package func channelMoments(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeMutableRawPointer,
        variances: UnsafeMutableRawPointer
    ) { lacks() }

    package func channelNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeRawPointer,
        scales: UnsafeRawPointer, weight: UnsafeRawPointer?, bias: UnsafeRawPointer?, activation: Activation,
        into y: UnsafeMutableRawPointer
    ) { lacks() }

    package func channelNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, epsilon: Double,
        weight: UnsafeRawPointer?, bias: UnsafeRawPointer?, activation: Activation,
        into y: UnsafeMutableRawPointer,
        means: UnsafeMutableRawPointer, variances: UnsafeMutableRawPointer
    ) { lacks() }

    package func channelNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups,
        means: UnsafeRawPointer, scales: UnsafeRawPointer, weight: UnsafeRawPointer?, bias: UnsafeRawPointer?,
        activation: Activation, constantMoments: Bool, ofInput: UnsafeMutableRawPointer?,
        ofWeight: UnsafeMutableRawPointer?, ofBias: UnsafeMutableRawPointer?
    ) { lacks() }

    package func complexMoments(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeMutableRawPointer,
        covariances: UnsafeMutableRawPointer
    ) { lacks() }

    package func complexNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups, means: UnsafeRawPointer,
        covariances: UnsafeRawPointer, epsilon: Double, weight: UnsafeRawPointer?, bias: UnsafeRawPointer?,
        relu: Bool, into y: UnsafeMutableRawPointer
    ) { lacks() }

    package func complexNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, _ groups: ChannelGroups,
        means: UnsafeRawPointer, covariances: UnsafeRawPointer, epsilon: Double, weight: UnsafeRawPointer?,
        bias: UnsafeRawPointer?, relu: Bool, constantMoments: Bool, ofInput: UnsafeMutableRawPointer?,
        ofWeight: UnsafeMutableRawPointer?, ofBias: UnsafeMutableRawPointer?
    ) { lacks() }
}

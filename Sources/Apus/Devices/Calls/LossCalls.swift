import ApusKernelCalls

/// Losses that are more than a few elementwise functions. Elements are contiguous, float32 or float64.
package protocol LossCalls: DeviceCalls {
    /// The loss of each of `count` pairs.
    func runLosses(
        _ kernel: LossKernel, _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ dtype: DType, count: Int,
        parameter: Double, into result: UnsafeMutableRawPointer)

    /// The sum of the losses over `divisor`: one element.
    func runSum(
        _ kernel: LossKernel, _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ dtype: DType, count: Int,
        parameter: Double, divisor: Int, into result: UnsafeMutableRawPointer)

    /// The derivatives of the losses in the predictions, times a factor for each or one for all.
    func runSlopes(
        _ kernel: LossKernel, _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ dtype: DType, count: Int,
        parameter: Double, factors: UnsafeRawPointer, isOneFactor: Bool,
        into result: UnsafeMutableRawPointer)

    /// -log of the probability of each target by connectionist temporal classification.
    ///
    /// - Parameters:
    ///   - x: [steps, batch, classes] logarithms of probabilities.
    ///   - labels: [batch, labels] int64, padded; `inputLengths` and `targetLengths` [batch] int64.
    ///   - paths: [batch, steps, states]; for each state the log of the probability of all paths that lead to it.
    ///   - losses: [batch]
    func ctcLoss(
        _ x: UnsafeRawPointer, _ dtype: DType, _ form: CTCForm, labels: UnsafeRawPointer,
        inputLengths: UnsafeRawPointer, targetLengths: UnsafeRawPointer,
        paths: UnsafeMutableRawPointer, losses: UnsafeMutableRawPointer)

    /// The derivatives of the losses in `x`, times a factor for each target; 0 where a target has no path.
    func ctcGradient(
        _ x: UnsafeRawPointer, _ dtype: DType, _ form: CTCForm, labels: UnsafeRawPointer,
        inputLengths: UnsafeRawPointer, targetLengths: UnsafeRawPointer, paths: UnsafeRawPointer,
        losses: UnsafeRawPointer, factors: UnsafeRawPointer, into result: UnsafeMutableRawPointer)
}

extension LossCalls {
    package func runLosses(
        _ kernel: LossKernel, _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ dtype: DType, count: Int,
        parameter: Double, into result: UnsafeMutableRawPointer
    ) { lacks(kernel.name) }

    package func runSum(
        _ kernel: LossKernel, _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ dtype: DType, count: Int,
        parameter: Double, divisor: Int, into result: UnsafeMutableRawPointer
    ) { lacks(kernel.name) }

    package func runSlopes(
        _ kernel: LossKernel, _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ dtype: DType, count: Int,
        parameter: Double, factors: UnsafeRawPointer, isOneFactor: Bool,
        into result: UnsafeMutableRawPointer
    ) { lacks(kernel.name) }

    package func ctcLoss(
        _ x: UnsafeRawPointer, _ dtype: DType, _ form: CTCForm, labels: UnsafeRawPointer,
        inputLengths: UnsafeRawPointer, targetLengths: UnsafeRawPointer,
        paths: UnsafeMutableRawPointer, losses: UnsafeMutableRawPointer
    ) { lacks() }

    package func ctcGradient(
        _ x: UnsafeRawPointer, _ dtype: DType, _ form: CTCForm, labels: UnsafeRawPointer,
        inputLengths: UnsafeRawPointer, targetLengths: UnsafeRawPointer, paths: UnsafeRawPointer,
        losses: UnsafeRawPointer, factors: UnsafeRawPointer, into result: UnsafeMutableRawPointer
    ) { lacks() }
}

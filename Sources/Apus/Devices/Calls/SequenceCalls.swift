import ApusKernelCalls

/// What runs along the time of sequences.
package protocol SequenceCalls: DeviceCalls {
    /// h = a·h of the step before + x at each step.
    ///
    /// - Parameters:
    ///   - dtype: a floating or complex type that kernels compute in, of all operands.
    ///   - decay: a, with the strides that the shape says; the elements of a step lie together.
    ///   - initial: what lies before the first step, [outer, inner]; nil for zeros, and where the recurrence is lagged.
    func linearRecurrence(
        _ shape: LinearRecurrenceShape, _ dtype: DType, decay: UnsafeRawPointer, x: UnsafeRawPointer,
        initial: UnsafeRawPointer?, into y: UnsafeMutableRawPointer)

    /// At each step h = e^(Δ·A)·h + Δ·x·B for each channel and each number that it remembers, and y = Σ h·C.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands.
    ///   - last: the last h, in the shape of the first.
    ///   - kept: of the shape's `keptShape`, what `selectiveScanGradient` reads; nil where no gradient is wanted.
    func selectiveScan(
        _ shape: SelectiveScanShape, _ dtype: DType, _ operands: SelectiveScanOperands,
        into y: UnsafeMutableRawPointer, last: UnsafeMutableRawPointer, kept: UnsafeMutableRawPointer?)

    /// The gradients of all operands from those of y and of the last h; nil stands for zeros.
    func selectiveScanGradient(
        _ shape: SelectiveScanShape, _ dtype: DType, _ operands: SelectiveScanOperands,
        kept: UnsafeRawPointer, gradient: UnsafeRawPointer?, ofLast: UnsafeRawPointer?,
        into gradients: SelectiveScanGradients)

    /// The sums of values, weighted by the softmax of scaled products of queries and keys.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands.
    ///   - logSums: of each query log Σ e^score, infinity where it sees no key; nil where no gradient is wanted.
    func attention(
        _ shape: AttentionShape, _ dtype: DType, _ operands: AttentionOperands,
        into y: UnsafeMutableRawPointer, logSums: UnsafeMutableRawPointer?)

    /// The gradients of queries, keys and values from that of the result.
    func attentionGradient(
        _ shape: AttentionShape, _ dtype: DType, _ operands: AttentionOperands, y: UnsafeRawPointer,
        logSums: UnsafeRawPointer, gradient: UnsafeRawPointer, ofQuery: UnsafeMutableRawPointer,
        ofKey: UnsafeMutableRawPointer, ofValue: UnsafeMutableRawPointer)

    /// At each step the mean of values with weights that decay, of each channel by itself.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands.
    ///   - last: the state after the last step.
    ///   - kept: of the shape's `keptShape`, what `wkvGradient` reads; nil where no gradient is wanted.
    func wkv(
        _ shape: WKVShape, _ dtype: DType, _ operands: WKVOperands, into y: UnsafeMutableRawPointer,
        last: WKVStates, kept: UnsafeMutableRawPointer?)

    /// The gradients of all operands from those of y and of the last state's numerator and denominator; nil stands for
    /// zeros. Exponents count as constants.
    func wkvGradient(
        _ shape: WKVShape, _ dtype: DType, _ operands: WKVOperands, kept: UnsafeRawPointer,
        gradient: UnsafeRawPointer?, ofNumerator: UnsafeRawPointer?, ofDenominator: UnsafeRawPointer?,
        into gradients: WKVGradients)

    /// At each step S = eˡ·S + k·vᵀ and y = Sᵀ·q, with S the state of a sequence.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands.
    ///   - last: the last S, in the shape of the first.
    func linearAttention(
        _ shape: LinearAttentionShape, _ dtype: DType, _ operands: LinearAttentionOperands,
        into y: UnsafeMutableRawPointer, last: UnsafeMutableRawPointer)

    /// The gradients of all operands from those of y and of the last S; nil stands for zeros.
    func linearAttentionGradient(
        _ shape: LinearAttentionShape, _ dtype: DType, _ operands: LinearAttentionOperands,
        gradient: UnsafeRawPointer?, ofLast: UnsafeRawPointer?, into gradients: LinearAttentionGradients)
}

extension SequenceCalls {
    package func linearRecurrence(
        _ shape: LinearRecurrenceShape, _ dtype: DType, decay: UnsafeRawPointer, x: UnsafeRawPointer,
        initial: UnsafeRawPointer?, into y: UnsafeMutableRawPointer
    ) { lacks() }

    package func selectiveScan(
        _ shape: SelectiveScanShape, _ dtype: DType, _ operands: SelectiveScanOperands,
        into y: UnsafeMutableRawPointer, last: UnsafeMutableRawPointer, kept: UnsafeMutableRawPointer?
    ) { lacks() }

    package func selectiveScanGradient(
        _ shape: SelectiveScanShape, _ dtype: DType, _ operands: SelectiveScanOperands,
        kept: UnsafeRawPointer, gradient: UnsafeRawPointer?, ofLast: UnsafeRawPointer?,
        into gradients: SelectiveScanGradients
    ) { lacks() }

    package func attention(
        _ shape: AttentionShape, _ dtype: DType, _ operands: AttentionOperands,
        into y: UnsafeMutableRawPointer, logSums: UnsafeMutableRawPointer?
    ) { lacks() }

    package func attentionGradient(
        _ shape: AttentionShape, _ dtype: DType, _ operands: AttentionOperands, y: UnsafeRawPointer,
        logSums: UnsafeRawPointer, gradient: UnsafeRawPointer, ofQuery: UnsafeMutableRawPointer,
        ofKey: UnsafeMutableRawPointer, ofValue: UnsafeMutableRawPointer
    ) { lacks() }

    package func wkv(
        _ shape: WKVShape, _ dtype: DType, _ operands: WKVOperands, into y: UnsafeMutableRawPointer,
        last: WKVStates, kept: UnsafeMutableRawPointer?
    ) { lacks() }

    package func wkvGradient(
        _ shape: WKVShape, _ dtype: DType, _ operands: WKVOperands, kept: UnsafeRawPointer,
        gradient: UnsafeRawPointer?, ofNumerator: UnsafeRawPointer?, ofDenominator: UnsafeRawPointer?,
        into gradients: WKVGradients
    ) { lacks() }

    package func linearAttention(
        _ shape: LinearAttentionShape, _ dtype: DType, _ operands: LinearAttentionOperands,
        into y: UnsafeMutableRawPointer, last: UnsafeMutableRawPointer
    ) { lacks() }

    package func linearAttentionGradient(
        _ shape: LinearAttentionShape, _ dtype: DType, _ operands: LinearAttentionOperands,
        gradient: UnsafeRawPointer?, ofLast: UnsafeRawPointer?, into gradients: LinearAttentionGradients
    ) { lacks() }
}

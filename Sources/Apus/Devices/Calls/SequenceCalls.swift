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
}

import ApusKernels

extension CPUKernels {
    package func linearRecurrence(
        _ shape: LinearRecurrenceShape, _ dtype: DType, decay: UnsafeRawPointer, x: UnsafeRawPointer,
        initial: UnsafeRawPointer?, into y: UnsafeMutableRawPointer
    ) {
        access { Kernels.linearRecurrence(shape, dtype, decay: decay, x: x, initial: initial, into: y) }
    }

    package func selectiveScan(
        _ shape: SelectiveScanShape, _ dtype: DType, _ operands: SelectiveScanOperands,
        into y: UnsafeMutableRawPointer, last: UnsafeMutableRawPointer, kept: UnsafeMutableRawPointer?
    ) {
        access { Kernels.selectiveScan(shape, dtype, operands, into: y, last: last, kept: kept) }
    }

    package func selectiveScanGradient(
        _ shape: SelectiveScanShape, _ dtype: DType, _ operands: SelectiveScanOperands,
        kept: UnsafeRawPointer, gradient: UnsafeRawPointer?, ofLast: UnsafeRawPointer?,
        into gradients: SelectiveScanGradients
    ) {
        access {
            Kernels.selectiveScanGradient(
                shape, dtype, operands, kept: kept, gradient: gradient, ofLast: ofLast, into: gradients)
        }
    }

    package func attention(
        _ shape: AttentionShape, _ dtype: DType, _ operands: AttentionOperands,
        into y: UnsafeMutableRawPointer, logSums: UnsafeMutableRawPointer?
    ) {
        access { Kernels.attention(shape, dtype, operands, into: y, logSums: logSums) }
    }

    package func attentionGradient(
        _ shape: AttentionShape, _ dtype: DType, _ operands: AttentionOperands, y: UnsafeRawPointer,
        logSums: UnsafeRawPointer, gradient: UnsafeRawPointer, ofQuery: UnsafeMutableRawPointer,
        ofKey: UnsafeMutableRawPointer, ofValue: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.attentionGradient(
                shape, dtype, operands, y: y, logSums: logSums, gradient: gradient, ofQuery: ofQuery,
                ofKey: ofKey, ofValue: ofValue)
        }
    }
}

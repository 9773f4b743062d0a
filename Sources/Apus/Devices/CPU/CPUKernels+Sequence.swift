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

    package func wkv(
        _ shape: WKVShape, _ dtype: DType, _ operands: WKVOperands, into y: UnsafeMutableRawPointer,
        last: WKVStates, kept: UnsafeMutableRawPointer?
    ) {
        access { Kernels.wkv(shape, dtype, operands, into: y, last: last, kept: kept) }
    }

    package func wkvGradient(
        _ shape: WKVShape, _ dtype: DType, _ operands: WKVOperands, kept: UnsafeRawPointer,
        gradient: UnsafeRawPointer?, ofNumerator: UnsafeRawPointer?, ofDenominator: UnsafeRawPointer?,
        into gradients: WKVGradients
    ) {
        access {
            Kernels.wkvGradient(
                shape, dtype, operands, kept: kept, gradient: gradient, ofNumerator: ofNumerator,
                ofDenominator: ofDenominator, into: gradients)
        }
    }

    package func linearAttention(
        _ shape: LinearAttentionShape, _ dtype: DType, _ operands: LinearAttentionOperands,
        into y: UnsafeMutableRawPointer, last: UnsafeMutableRawPointer
    ) {
        access { Kernels.linearAttention(shape, dtype, operands, into: y, last: last) }
    }

    package func linearAttentionGradient(
        _ shape: LinearAttentionShape, _ dtype: DType, _ operands: LinearAttentionOperands,
        gradient: UnsafeRawPointer?, ofLast: UnsafeRawPointer?, into gradients: LinearAttentionGradients
    ) {
        access {
            Kernels.linearAttentionGradient(
                shape, dtype, operands, gradient: gradient, ofLast: ofLast, into: gradients)
        }
    }
}

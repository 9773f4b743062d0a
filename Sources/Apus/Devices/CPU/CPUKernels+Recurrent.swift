import ApusKernels

extension CPUKernels {
    package func recurrence(
        _ shape: RecurrenceShape, _ dtype: DType, _ operands: RecurrenceOperands,
        states: UnsafeMutableRawPointer, cells: UnsafeMutableRawPointer?, kept: UnsafeMutableRawPointer?
    ) -> Int? {
        access { Kernels.recurrence(shape, dtype, operands, states: states, cells: cells, kept: kept) }
    }

    package func recurrenceGradient(
        _ shape: RecurrenceShape, _ dtype: DType, _ operands: RecurrenceGradientOperands,
        ofInputSide: UnsafeMutableRawPointer, ofStateSide: UnsafeMutableRawPointer?,
        ofHidden: UnsafeMutableRawPointer, ofCell: UnsafeMutableRawPointer?
    ) {
        access {
            Kernels.recurrenceGradient(
                shape, dtype, operands, ofInputSide: ofInputSide, ofStateSide: ofStateSide,
                ofHidden: ofHidden, ofCell: ofCell)
        }
    }
}

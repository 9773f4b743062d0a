import ApusKernelCalls

/// Recurrent layers, one direction of one layer a call.
package protocol RecurrentCalls: DeviceCalls {
    /// Runs a layer over all steps: one product for the input's side of all of them, and in each step one with the hidden
    /// weight, whose rows go through the functions of the gates where they are computed.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands but the lengths.
    ///   - states: [steps + 1, batch, hidden], in the order of time.
    ///   - cells: the same, of an LSTM.
    ///   - kept: [steps, batch, kept, hidden], what `recurrenceGradient` reads of LSTMs and GRUs; nil where no gradient is
    ///     wanted.
    /// - Returns: the first row whose length is not in 0...steps, before anything is computed; nil where all are.
    func recurrence(
        _ shape: RecurrenceShape, _ dtype: DType, _ operands: RecurrenceOperands,
        states: UnsafeMutableRawPointer, cells: UnsafeMutableRawPointer?, kept: UnsafeMutableRawPointer?
    ) -> Int?

    /// The gradients of W·x + U·h of each step, from that of the states or the cells, and those of the first states.
    ///
    /// - Parameters:
    ///   - ofInputSide: [steps, batch, gates · hidden], of W·x.
    ///   - ofStateSide: the same, of U·h; nil where it is that of W·x, as of all but a GRU.
    ///   - ofHidden: [batch, hidden].
    ///   - ofCell: [batch, hidden], of an LSTM.
    func recurrenceGradient(
        _ shape: RecurrenceShape, _ dtype: DType, _ operands: RecurrenceGradientOperands,
        ofInputSide: UnsafeMutableRawPointer, ofStateSide: UnsafeMutableRawPointer?,
        ofHidden: UnsafeMutableRawPointer, ofCell: UnsafeMutableRawPointer?)
}

extension RecurrentCalls {
    package func recurrence(
        _ shape: RecurrenceShape, _ dtype: DType, _ operands: RecurrenceOperands,
        states: UnsafeMutableRawPointer, cells: UnsafeMutableRawPointer?, kept: UnsafeMutableRawPointer?
    ) -> Int? { lacks() }

    package func recurrenceGradient(
        _ shape: RecurrenceShape, _ dtype: DType, _ operands: RecurrenceGradientOperands,
        ofInputSide: UnsafeMutableRawPointer, ofStateSide: UnsafeMutableRawPointer?,
        ofHidden: UnsafeMutableRawPointer, ofCell: UnsafeMutableRawPointer?
    ) { lacks() }
}

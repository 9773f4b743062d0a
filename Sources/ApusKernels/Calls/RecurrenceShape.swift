/// What one step of a recurrent layer computes.
package enum RecurrentCell: Sendable, Hashable {
    /// h′ = tanh(W·x + U·h).
    case tanh
    /// h′ = max(0, W·x + U·h).
    case relu
    /// Gates i, f, g, o; c′ = f∘c + i∘g and h′ = o∘tanh(c′).
    case lstm
    /// Gates r, z, n; n has r∘(U·h), and h′ = (1 − z)∘n + z∘h.
    case gru

    /// How many rows of weights there are for each hidden unit.
    package var gates: Int {
        switch self {
        case .tanh, .relu: 1
        case .lstm: 4
        case .gru: 3
        }
    }

    /// How many numbers of each step and hidden unit the gradient reads besides the states: i, f, g, o, or r, z, n and
    /// U·h + b of n.
    package var kept: Int { self == .lstm || self == .gru ? 4 : 0 }
}

/// One direction of one recurrent layer over sequences [steps, batch, inputs].
///
/// The states [steps + 1, batch, hidden] are in the order of time: forwards the first is where the sequence starts, and step
/// t makes state t + 1; in reverse the last is, and step t makes state t.
package struct RecurrenceShape: Sendable {
    package let cell: RecurrentCell
    package let steps: Int
    package let batch: Int
    package let inputs: Int
    package let hidden: Int
    package let isReversed: Bool

    package init(
        _ cell: RecurrentCell, steps: Int, batch: Int, inputs: Int, hidden: Int, isReversed: Bool
    ) {
        self.cell = cell
        self.steps = steps
        self.batch = batch
        self.inputs = inputs
        self.hidden = hidden
        self.isReversed = isReversed
    }

    /// Which state each direction starts from.
    package var first: Int { isReversed ? steps : 0 }
    /// The time of a step, both counted from 0.
    package func time(_ step: Int) -> Int { isReversed ? steps - 1 - step : step }
    /// The state that the step at a time reads.
    package func before(_ time: Int) -> Int { isReversed ? time + 1 : time }
    /// The state that the step at a time makes.
    package func after(_ time: Int) -> Int { isReversed ? time : time + 1 }
}

/// Where the operands of a recurrent layer lie, all contiguous and of one type but the lengths.
package struct RecurrenceOperands {
    /// [steps, batch, inputs].
    package var x: UnsafeRawPointer
    /// [gates · hidden, inputs].
    package var inputWeight: UnsafeRawPointer
    /// [gates · hidden, hidden].
    package var hiddenWeight: UnsafeRawPointer
    /// [gates · hidden].
    package var inputBias: UnsafeRawPointer?
    /// [gates · hidden].
    package var hiddenBias: UnsafeRawPointer?
    /// [batch, hidden].
    package var hidden: UnsafeRawPointer
    /// [batch, hidden], for an LSTM.
    package var cell: UnsafeRawPointer?
    /// [batch] int64 in 0...steps: the steps from this time on leave the state as it is.
    package var lengths: UnsafeRawPointer?

    package init(
        x: UnsafeRawPointer, inputWeight: UnsafeRawPointer, hiddenWeight: UnsafeRawPointer,
        inputBias: UnsafeRawPointer?, hiddenBias: UnsafeRawPointer?, hidden: UnsafeRawPointer,
        cell: UnsafeRawPointer?, lengths: UnsafeRawPointer?
    ) {
        self.x = x
        self.inputWeight = inputWeight
        self.hiddenWeight = hiddenWeight
        self.inputBias = inputBias
        self.hiddenBias = hiddenBias
        self.hidden = hidden
        self.cell = cell
        self.lengths = lengths
    }
}

/// Where the operands of a recurrent layer's gradient lie.
package struct RecurrenceGradientOperands {
    /// [gates · hidden, hidden].
    package var hiddenWeight: UnsafeRawPointer
    /// [steps + 1, batch, hidden].
    package var states: UnsafeRawPointer
    /// [steps + 1, batch, hidden], of an LSTM.
    package var cells: UnsafeRawPointer?
    /// [steps, batch, kept, hidden].
    package var kept: UnsafeRawPointer?
    /// The gradient of the states, or nil for zeros.
    package var stateGradient: UnsafeRawPointer?
    /// The gradient of the cells, or nil for zeros.
    package var cellGradient: UnsafeRawPointer?
    /// [batch] int64.
    package var lengths: UnsafeRawPointer?

    package init(
        hiddenWeight: UnsafeRawPointer, states: UnsafeRawPointer, cells: UnsafeRawPointer?,
        kept: UnsafeRawPointer?, stateGradient: UnsafeRawPointer?, cellGradient: UnsafeRawPointer?,
        lengths: UnsafeRawPointer?
    ) {
        self.hiddenWeight = hiddenWeight
        self.states = states
        self.cells = cells
        self.kept = kept
        self.stateGradient = stateGradient
        self.cellGradient = cellGradient
        self.lengths = lengths
    }
}

import ApusKernelCalls

/// What the hidden states of a plain recurrent network go through.
public enum RNNNonlinearity: Sendable, Hashable {
    /// The hyperbolic tangent.
    case tanh
    /// max(0, x).
    case relu

    var cell: RecurrentCell { self == .tanh ? .tanh : .relu }
}

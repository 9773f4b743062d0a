/// What an operation applies to its result in the same pass over memory.
public enum FusedActivation: Sendable {
    /// Nothing.
    case none
    /// max(x, 0).
    case relu
}

/// What an operation applies to its result in the same pass over memory.
public enum FusedActivation: Sendable {
    case none
    case relu
}

/// Where a tensor's memory lies and its operations run.
public enum Device: Sendable, Hashable, CustomStringConvertible {
    /// The processor, and the memory beside it.
    case cpu

    /// The name that PyTorch has for it.
    public var description: String { "cpu" }
}

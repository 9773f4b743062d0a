/// Where a tensor's memory lies and its operations run.
public enum Device: Sendable, Hashable, CustomStringConvertible {
    case cpu

    public var description: String { "cpu" }
}

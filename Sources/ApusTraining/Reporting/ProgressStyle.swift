/// How a run shows where it is.
public enum ProgressStyle: String, CaseIterable, Sendable {
    /// A bar on a terminal, plain lines elsewhere.
    case auto
    /// A line for each epoch.
    case plain
    /// Nothing.
    case none
}

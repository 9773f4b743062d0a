/// How a run shows where it is.
public enum ProgressStyle: String, CaseIterable, Sendable {
    /// A bar on a terminal, plain lines elsewhere.
    case auto
    /// A line for each epoch.
    case plain
    /// Nothing.
    case none

    /// What a launcher of several processes adds to their environment, for a bar on the terminal that it hands their output to.
    package var environment: [String: String] { self == .auto ? Progress.terminal : [:] }
}

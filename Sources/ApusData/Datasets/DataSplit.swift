/// Which part of a data set: the one to learn from or the one to be judged by.
public enum DataSplit: String, Sendable, CaseIterable {
    case train, test

    /// The number that keeps the random streams of the two apart.
    var stream: UInt64 { self == .train ? 1 : 2 }
}

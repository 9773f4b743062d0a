/// The errors of a `ThreadGroup`'s ranks: those that were first, not those of ranks that waited for the failed ones.
public struct RankErrors: Error, CustomStringConvertible {
    /// By rank.
    public let errors: [Int: any Error]

    /// A line for each rank.
    public var description: String {
        errors.sorted { $0.key < $1.key }.map { "rank \($0.key): \($0.value)" }.joined(separator: "\n")
    }
}

/// How an `MPIGroup` sums.
public enum SumRoad: String, Sendable, CaseIterable {
    /// Within a node in memory that its ranks share, between nodes by a ring of the nodes' first ranks.
    ///
    /// The order of additions depends on the ranks and their nodes alone, so that the same run gives the same bits each time, and
    /// all ranks have the same. It is the faster one: see `MPIGroup`.
    case window
    /// MPI's own all-reduce between all ranks, whatever it does.
    case library
}

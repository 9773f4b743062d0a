/// Which ranks are on which node.
struct Nodes {
    /// The numbers of each node's ranks, in order; nodes in the order of their first ranks.
    let ranks: [[Int]]
    /// The number of this rank's node.
    let own: Int

    var count: Int { ranks.count }

    /// Whether ranks that follow each other are on the same node, or the next one begins.
    var areInOrder: Bool { ranks.joined().elementsEqual(0..<ranks.joined().count) }

    /// - Parameter leaders: of each rank, the first rank of its node.
    init(leaders: [Int], rank: Int) {
        let first = Set(leaders).sorted()
        ranks = first.map { leader in leaders.indices.filter { leaders[$0] == leader } }
        own = first.firstIndex(of: leaders[rank])!
    }

    /// Asks all ranks, by the node's communicator and that of all.
    init(
        _ mpi: MPILibrary, rank: Int, size: Int, _ node: MPILibrary.Handle
    ) throws(DistributedError) {
        var leader = Int32(rank)
        try mpi.check(mpi.broadcast(&leader, 4, mpi.byte, 0, node), "MPI_Bcast")
        var leaders = [Int32](repeating: 0, count: size)
        try mpi.check(mpi.allGather(&leader, 4, mpi.byte, &leaders, 4, mpi.byte, mpi.world), "MPI_Allgather")
        self.init(leaders: leaders.map(Int.init), rank: rank)
    }

    func node(of rank: Int) -> Int { ranks.firstIndex { $0.contains(rank) }! }
}

import Apus
import ApusNN
import ApusOptim

/// An optimizer of which each rank does a part: it steps some of the parameters, keeps what the formula
/// remembers of those alone, and gives the new values to the other ranks.
///
/// The result is that of the optimizer on each rank, with as much memory for slots as its
/// share of the parameters needs: Adam's of ResNet-18 are 93.5 MB on one rank, 46.8 MB on each of two and at
/// most 23.6 MB on each of four. A parameter is stepped by one rank as a whole, so that any formula can be
/// used.
///
/// ```swift
/// let optimizer = ShardedOptimizer(AdamW(model.parameters(), learningRate: 1e-3), in: group)
/// let schedule = Scheduler(optimizer.whole, …)          // the same on all ranks
/// …
/// optimizer.zeroGradients()
/// _ = try parallel.backward(loss)
/// try optimizer.step()
/// ```
///
/// Source: Rajbhandari et al., "ZeRO: memory optimizations toward training trillion parameter models", 2020,
/// its first stage.
public final class ShardedOptimizer {
    /// The ranks.
    public let group: any ProcessGroup
    /// What steps: its settings hold, and are changed on all ranks alike. It is not to be stepped itself.
    public let whole: Optimizer
    /// Of each parameter the rank that steps it.
    let owners: [Int]

    /// - Parameters:
    ///   - optimizer: of the same parameters on all ranks, new, or with the same state on all of them: load it before
    ///     this is made, which lets go of what other ranks keep.
    ///   - group: the ranks.
    public init(_ optimizer: Optimizer, in group: any ProcessGroup) {
        (self.group, whole) = (group, optimizer)
        let owners = Self.owners(
            of: optimizer.parameters.map { $0.value.count * $0.value.dtype.size }, ranks: group.size)
        self.owners = owners
        optimizer.releaseSlots { owners[$0] != group.rank }
    }

    /// The largest first, each to the rank that has least.
    static func owners(of sizes: [Int], ranks: Int) -> [Int] {
        var (loads, owners) = ([Int](repeating: 0, count: ranks), [Int](repeating: 0, count: sizes.count))
        for index in sizes.indices.sorted(by: { (-sizes[$0], $0) < (-sizes[$1], $1) }) {
            let rank = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) }!
            owners[index] = rank
            loads[rank] += sizes[index]
        }
        return owners
    }

    /// Forgets the collected gradients of all parameters, before the next backward pass.
    public func zeroGradients() { whole.zeroGradients() }

    /// Steps all parameters that have a gradient, each on one rank; all ranks call this, with the same
    /// gradients.
    public func step() throws(DistributedError) {
        whole.step { owners[$0] == group.rank }
        if group.size > 1 { try gatherValues() }
    }

    /// Gives each rank's parameters to all, some bytes of each at a time.
    private func gatherValues() throws(DistributedError) {
        let staging = group.staging
        let values = (0..<group.size).map { rank in
            ParameterBytes(zip(whole.parameters, owners).filter { $0.1 == rank }.map(\.0))
        }
        let most = values.map(\.count).max()!
        let room = staging.byteCount / group.size
        for start in stride(from: 0, to: most, by: room) {
            let length = min(room, most - start)
            values[group.rank].copy(from: start, length, to: staging.own + group.rank * length)
            try group.allGather(staging, count: group.size * length, as: .uint8)
            for rank in 0..<group.size where rank != group.rank {
                values[rank].replace(from: start, length, by: staging.own + rank * length)
            }
        }
    }

    /// The state of the optimizer, as without ranks, on rank 0; nil on the others. All ranks call this.
    ///
    /// Another number of ranks, or an optimizer that is not sharded, can go on from it.
    public func stateDictionary() throws(DistributedError) -> [String: Tensor]? {
        var state = whole.stateDictionary()
        for name in state.keys.sorted() {
            // Slots are called after their parameter, `mean.3`; all ranks count all steps.
            guard let index = name.split(separator: ".").last.flatMap({ Int($0) }) else { continue }
            let slot = try group.broadcast(state[name]!, from: owners[index])
            if group.rank == 0 { state[name] = slot }
        }
        return group.rank == 0 ? state : nil
    }
}

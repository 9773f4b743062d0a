import Apus
import ApusNN
import Synchronization

extension ProcessGroup {
    /// Runs a step, forward and backward pass, in which synchronized batch normalisations sum over the ranks of this group
    /// (`Module.synchronizeBatchNorms`).
    ///
    /// All ranks run it with the same layers, those without rows on a batch of 0.
    ///
    /// Throws what `body` throws, or `DistributedError` where a sum has failed: the results are then of no use.
    public func withSynchronizedStatistics<Result>(_ body: () throws -> Result) throws -> Result {
        let sums = StatisticsSums(self)
        let ranks = RankSums(rank: rank, size: size) { sums.sum($0) }
        let result = Swift.Result { try withRankSums(ranks, body) }
        // What a rank makes of numbers that were not summed is no cause.
        if let error = sums.end() { throw error }
        return try result.get()
    }

    /// Gives all ranks the root's buffers, such as the running statistics of batch normalisations: where these are not
    /// synchronized, each rank has its own, and at the end of an epoch one rank's are to be tested and saved.
    public func broadcastBuffers(of module: Module, from root: Int = 0) throws(DistributedError) {
        var seen = Set<ObjectIdentifier>()
        for (_, buffer) in module.namedBuffers() where seen.insert(ObjectIdentifier(buffer)).inserted {
            buffer.value = try broadcast(buffer.value, from: root)
        }
    }
}

/// Sums of tensors in the middle of a computation, which cannot throw: an error is kept for the end.
private final class StatisticsSums: Sendable {
    private let group: any ProcessGroup
    private let error = Mutex<DistributedError?>(nil)
    private let hasEnded = Atomic(false)

    init(_ group: any ProcessGroup) { self.group = group }

    func sum(_ tensor: Tensor) -> Tensor {
        if hasEnded.load(ordering: .relaxed) {
            fail("withSynchronizedStatistics", "a backward pass after its end: run it within")
        }
        if error.withLock({ $0 }) != nil { return tensor }
        do throws(DistributedError) {
            return try group.sum(tensor)
        } catch {
            self.error.withLock { $0 = error }
            return tensor
        }
    }

    func end() -> DistributedError? {
        hasEnded.store(true, ordering: .relaxed)
        return error.withLock { $0 }
    }
}

import Apus
import ApusData
import ApusDistributed

/// A learner that several processes can be, each with its share of every batch and all with the same weights.
protocol ParallelLearner<Batch>: Learner {
    /// Makes it one of the group's: its weights are those of rank 0 from here on.
    func join(_ group: any ProcessGroup) throws

    /// The `stateDictionary()` that one process would have, on rank 0; nil on the others. All processes call this.
    func wholeState() throws -> [String: Tensor]?

    /// `train(on:)` of one of several processes.
    ///
    /// - Parameters:
    ///   - parts: this process's of each batch.
    ///   - flags: are added up over the processes.
    /// - Returns: what the step came to, means over the samples of all, and the sums of the flags: the same in all.
    /// - Throws: `NonFiniteLoss` in all, with the flags' sums not told.
    func train(on parts: [BatchSource<Batch>.Part], flags: [Double]) throws -> (
        values: Measurements, flags: [Double]
    )
}

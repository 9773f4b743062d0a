import ApusData
import ApusDistributed

/// A learner that several processes can be, each with its share of every batch and all with the same weights.
protocol ParallelLearner<Batch>: Learner {
    /// Makes it one of the group's: its weights are those of rank 0 from here on.
    func join(_ group: any ProcessGroup) throws

    /// `train(on:)` of one of several processes.
    ///
    /// - Parameters:
    ///   - shares: this process's of each batch: nil where it has no samples; and how many samples the whole batch has, nil
    ///     where that is for the processes to count.
    ///   - flags: are added up over the processes.
    /// - Returns: what the step came to, means over the samples of all, and the sums of the flags: the same in all.
    /// - Throws: `NonFiniteLoss` in all, with the flags' sums not told.
    func train(on shares: [(batch: Batch?, total: Int?)], flags: [Double]) throws -> (
        values: Measurements, flags: [Double]
    )
}

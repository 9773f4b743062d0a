import ApusData

/// Where a run's batches come from: an epoch is gone through from any batch on, always in the same order.
public struct BatchSource<Batch: ApusData.Batch> {
    /// Batches of an epoch.
    public let batchCount: Int
    /// Samples of an epoch.
    public let sampleCount: Int
    /// Whether every epoch has these batches, all but the last with so many samples; nil where that is not known.
    let batchSize: Int?
    /// Whether it can give a share of each batch.
    let isShared: Bool
    private let next: (_ epoch: Int, _ first: Int, _ share: BatchShare) -> () throws -> Part?

    /// A batch, or a process's share of it.
    struct Part {
        /// nil for a share without samples.
        let batch: Batch?
        /// How many samples the whole batch was to have; nil where it goes without those that cannot be had.
        let total: Int?
        /// Whether every process has the whole batch, as it has fewer samples than there are processes.
        var isRepeated = false
        /// The number of the batch after this.
        let nextIndex: Int

        /// How many of all processes' samples these count for: those that every process has count once for all.
        func weight(processes: Int) -> Double {
            Double(batch?.sampleCount ?? 0) / Double(isRepeated ? processes : 1)
        }
    }

    /// Batches that a function makes.
    ///
    /// - Parameters:
    ///   - batchCount: batches of an epoch.
    ///   - sampleCount: samples of an epoch, as progress counts them.
    ///   - batches: begins the epoch of this number at this batch, and gives one batch after the other. What it gives depends on
    ///     the two numbers alone.
    public init(
        batchCount: Int, sampleCount: Int,
        batches: @escaping (_ epoch: Int, _ first: Int) -> () throws -> Batch
    ) {
        self.batchCount = batchCount
        self.sampleCount = sampleCount
        batchSize = nil
        isShared = false
        next = { epoch, first, _ in
            let make = batches(epoch, first)
            var index = first
            return {
                if index == batchCount { return nil }
                index += 1
                let batch = try make()
                return Part(batch: batch, total: batch.sampleCount, nextIndex: index)
            }
        }
    }

    /// The batches of a loader.
    ///
    /// - Parameters:
    ///   - loader: of training samples or of test samples.
    ///   - skipped: is told of each sample that is left out, as a loader with `FailurePolicy.skip` does.
    public init<Failure: Error>(
        _ loader: DataLoader<Batch, Failure>, skipped: @escaping (SampleError) -> Void = { _ in }
    ) {
        batchCount = loader.batchCount
        sampleCount = loader.sampleCount
        batchSize = loader.policy == .stop ? loader.batchSize : nil
        isShared = true
        next = { number, first, share in
            let epoch = loader.epoch(number, from: first, share: share)
            var told = 0
            return {
                while let (batch, total) = try epoch.nextShare() {
                    epoch.skipped[told...].forEach(skipped)
                    told = epoch.skipped.count
                    // A batch none of whose samples could be had is passed over, but not by some processes alone.
                    if batch == nil && share.count == 1 { continue }
                    return Part(
                        batch: batch, total: loader.policy == .stop ? total : nil,
                        isRepeated: share.repeats(total), nextIndex: epoch.nextIndex)
                }
                return nil
            }
        }
    }

    /// Gives the batches of an epoch, from the one numbered `first` on, each with the number of the one after it.
    func epoch(_ epoch: Int, from first: Int) -> () throws -> (batch: Batch, nextIndex: Int)? {
        let next = shares(epoch, from: first, BatchShare(index: 0, count: 1))
        return { try next().map { ($0.batch!, $0.nextIndex) } }
    }

    /// Gives a process's share of these batches.
    func shares(_ epoch: Int, from first: Int, _ share: BatchShare) -> () throws -> Part? {
        next(epoch, first, share)
    }
}

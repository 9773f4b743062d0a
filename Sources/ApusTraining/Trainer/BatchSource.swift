import ApusData

/// Where a run's batches come from: an epoch is gone through from any batch on, always in the same order.
public struct BatchSource<Batch: ApusData.Batch> {
    /// Batches of an epoch.
    public let batchCount: Int
    /// Samples of an epoch.
    public let sampleCount: Int
    /// Whether every epoch has these batches, all but the last with so many samples; nil where that is not known.
    let batchSize: Int?
    private let next: (_ epoch: Int, _ first: Int) -> () throws -> (batch: Batch, nextIndex: Int)?

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
        next = { epoch, first in
            let make = batches(epoch, first)
            var index = first
            return {
                if index == batchCount { return nil }
                index += 1
                return (try make(), index)
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
        next = { number, first in
            let epoch = loader.epoch(number, from: first)
            var told = 0
            return {
                let batch = try epoch.next()
                epoch.skipped[told...].forEach(skipped)
                told = epoch.skipped.count
                return batch.map { ($0, epoch.nextIndex) }
            }
        }
    }

    /// Gives the batches of an epoch, from the one numbered `first` on, each with the number of the one after it.
    func epoch(_ epoch: Int, from first: Int) -> () throws -> (batch: Batch, nextIndex: Int)? {
        next(epoch, first)
    }
}

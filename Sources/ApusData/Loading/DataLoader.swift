import ApusCore

/// Turns a data set into epochs of batches, made ahead on background threads.
///
/// The batches of an epoch depend on the set, the batch size, the sampler, the seed and the epoch's number alone, not
/// on `workers`, `prefetch` or where the epoch is begun: a run that stops within an epoch can go on from there.
///
/// ```swift
/// let loader = DataLoader(digits, batchSize: 128, seed: 7)
/// for batch in loader.epoch(0) { train(batch.inputs, batch.labels) }
/// ```
///
/// Its `Failure` is `Never` where making samples cannot fail, and `SampleError` otherwise.
public struct DataLoader<Batch: Sendable, Failure: Error>: Sendable {
    /// How many samples the data set has.
    public let datasetCount: Int
    /// Samples of a batch; of the last one what is left, unless `dropsLast`.
    public let batchSize: Int
    /// The order in which epochs go through the samples.
    public let sampler: Sampler
    /// Whether samples that do not fill the last batch are left out.
    public let dropsLast: Bool
    /// What all that is drawn depends on, besides the epochs' numbers: orders, and what is random in samples.
    public let seed: UInt64
    /// How many threads make batches.
    public let workers: Int
    /// How many batches are made ahead at most; 0 makes each when it is asked for, without a thread.
    public let prefetch: Int
    /// What is done about samples that cannot be had.
    public let policy: FailurePolicy
    private let make: @Sendable (BatchPlan) -> MadeBatch<Batch>

    /// How many batches an epoch has.
    public var batchCount: Int {
        if let count = sampler.batchCount { return count }
        let (whole, rest) = sampler.size(datasetCount).quotientAndRemainder(dividingBy: batchSize)
        return rest > 0 && !dropsLast ? whole + 1 : whole
    }

    /// How many samples an epoch has.
    public var sampleCount: Int {
        let size = sampler.size(datasetCount)
        return dropsLast && sampler.batchCount == nil ? size - size % batchSize : size
    }

    /// The batches of epoch `epoch`, from the one numbered `first` on.
    public func epoch(
        _ epoch: Int, from first: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> Epoch<Batch, Failure> {
        self.epoch(
            epoch, from: first, share: BatchShare(index: 0, count: 1), at: CallSite(file: file, line: line))
    }

    /// A share of each of these batches.
    package func epoch(_ epoch: Int, from first: Int = 0, share: BatchShare) -> Epoch<Batch, Failure> {
        self.epoch(epoch, from: first, share: share, at: nil)
    }

    private func epoch(
        _ epoch: Int, from first: Int, share: BatchShare, at site: CallSite?
    ) -> Epoch<Batch, Failure> {
        if first < 0 || first > batchCount {
            fail("epoch", "batch \(first) is not in 0...\(batchCount)", at: site)
        }
        let maker = BatchMaker(
            make: make, plan: plan(of: epoch), batchSize: batchSize, batchCount: batchCount, seed: seed,
            epoch: epoch, policy: policy, share: share)
        return Epoch(maker, from: first, workers: workers, prefetch: prefetch)
    }

    /// The order in which epoch `epoch` goes through the samples.
    public func order(of epoch: Int) -> [Int] { plan(of: epoch).order }

    private func plan(of epoch: Int) -> Sampler.Plan {
        var random = CounterGenerator(
            seed: seed, stream: Self.orderStream, index: UInt64(bitPattern: Int64(epoch)))
        return sampler.plan(datasetCount, epoch, &random)
    }

    /// Keeps the draws apart from those of other users of the same seed.
    private static var orderStream: UInt64 { 0x6F72_6465_72 }

    private init(
        count: Int, _ batchSize: Int, _ sampler: Sampler, _ dropsLast: Bool, _ seed: UInt64, _ workers: Int,
        _ prefetch: Int, _ policy: FailurePolicy, _ site: CallSite,
        _ make: @escaping @Sendable (BatchPlan) -> MadeBatch<Batch>
    ) {
        if batchSize < 1 { fail("DataLoader", "a batch cannot have \(batchSize) samples", at: site) }
        if workers < 1 { fail("DataLoader", "\(workers) threads cannot make batches", at: site) }
        if prefetch < 0 { fail("DataLoader", "\(prefetch) batches cannot be made ahead", at: site) }
        if let objection = sampler.objection(count) { fail("DataLoader", objection, at: site) }
        datasetCount = count
        self.batchSize = batchSize
        self.sampler = sampler
        self.dropsLast = dropsLast
        self.seed = seed
        self.workers = workers
        self.prefetch = prefetch
        self.policy = policy
        self.make = make
    }
}

// The same loader for sets that can fail and for those that cannot, whose epochs are sequences; with samples that know how
// they are put together and with a function that does it.

extension DataLoader where Failure == Never {
    /// A loader of a set that cannot fail.
    ///
    /// The program stops for a batch size below 1 and other settings that cannot be, and for samples that do not go
    /// together.
    ///
    /// - Parameters:
    ///   - batchSize: samples of a batch, at most.
    ///   - sampler: the order of an epoch.
    ///   - dropsLast: leave out samples that do not fill the last batch.
    ///   - seed: of all that is drawn: orders, and what is random in samples.
    ///   - workers: how many threads make batches; no more than `prefetch` have work.
    ///   - prefetch: how many batches are made ahead at most; 0 makes each when it is asked for, without a thread.
    public init<Source: Dataset>(
        _ dataset: Source, batchSize: Int = 1, sampler: Sampler = .shuffled, dropsLast: Bool = false,
        seed: UInt64 = 0, workers: Int = 1, prefetch: Int = 4, file: StaticString = #fileID,
        line: UInt = #line
    ) where Source.Failure == Never, Source.Sample: Collatable, Batch == Source.Sample.Batch {
        let site = CallSite(file: file, line: line)
        let whole = wholeBatches(of: dataset).map { make in
            { @Sendable (plan: BatchPlan) in MadeBatch(batch: (make(plan.indices) as! Batch)) }
        }
        self.init(
            count: dataset.count, batchSize, sampler, dropsLast, seed, workers, prefetch, .stop, site,
            whole ?? { plan in plan.make(from: dataset, Source.Sample.collate).orStop(at: site) })
    }

    /// A loader of a set that cannot fail, whose samples `collate` puts together.
    ///
    /// - Parameters:
    ///   - batchSize: samples of a batch, at most.
    ///   - sampler: the order of an epoch.
    ///   - dropsLast: leave out samples that do not fill the last batch.
    ///   - seed: of all that is drawn: orders, and what is random in samples.
    ///   - workers: how many threads make batches; no more than `prefetch` have work.
    ///   - prefetch: how many batches are made ahead at most; 0 makes each when it is asked for, without a thread.
    ///   - collate: makes a batch of samples, of one at least.
    public init<Source: Dataset>(
        _ dataset: Source, batchSize: Int = 1, sampler: Sampler = .shuffled, dropsLast: Bool = false,
        seed: UInt64 = 0, workers: Int = 1, prefetch: Int = 4, file: StaticString = #fileID,
        line: UInt = #line, collate: @escaping @Sendable ([Source.Sample]) -> Batch
    ) where Source.Failure == Never {
        let site = CallSite(file: file, line: line)
        self.init(
            count: dataset.count, batchSize, sampler, dropsLast, seed, workers, prefetch, .stop, site
        ) { plan in plan.make(from: dataset, collate) }
    }
}

extension DataLoader where Failure == SampleError {
    /// A loader of a set that can fail.
    ///
    /// The program stops for a batch size below 1 and other settings that cannot be.
    ///
    /// - Parameters:
    ///   - batchSize: samples of a batch, at most.
    ///   - sampler: the order of an epoch.
    ///   - dropsLast: leave out samples that do not fill the last batch.
    ///   - seed: of all that is drawn: orders, and what is random in samples.
    ///   - workers: how many threads make batches; no more than `prefetch` have work.
    ///   - prefetch: how many batches are made ahead at most; 0 makes each when it is asked for, without a thread.
    ///   - policy: what is done about samples that cannot be had, or do not go together with the others.
    @_disfavoredOverload
    public init<Source: Dataset>(
        _ dataset: Source, batchSize: Int = 1, sampler: Sampler = .shuffled, dropsLast: Bool = false,
        seed: UInt64 = 0, workers: Int = 1, prefetch: Int = 4, policy: FailurePolicy = .stop,
        file: StaticString = #fileID, line: UInt = #line
    ) where Source.Sample: Collatable, Batch == Source.Sample.Batch {
        self.init(
            count: dataset.count, batchSize, sampler, dropsLast, seed, workers, prefetch, policy,
            CallSite(file: file, line: line)
        ) { plan in plan.make(from: dataset, Source.Sample.collate) }
    }

    /// A loader whose samples `collate` puts together.
    ///
    /// - Parameters:
    ///   - batchSize: samples of a batch, at most.
    ///   - sampler: the order of an epoch.
    ///   - dropsLast: leave out samples that do not fill the last batch.
    ///   - seed: of all that is drawn: orders, and what is random in samples.
    ///   - workers: how many threads make batches; no more than `prefetch` have work.
    ///   - prefetch: how many batches are made ahead at most; 0 makes each when it is asked for, without a thread.
    ///   - policy: what is done about samples that cannot be had.
    ///   - collate: makes a batch of samples, of one at least. A `CollationError` is a sample's; anything else that it
    ///     throws ends the epoch.
    @_disfavoredOverload
    public init<Source: Dataset>(
        _ dataset: Source, batchSize: Int = 1, sampler: Sampler = .shuffled, dropsLast: Bool = false,
        seed: UInt64 = 0, workers: Int = 1, prefetch: Int = 4, policy: FailurePolicy = .stop,
        file: StaticString = #fileID, line: UInt = #line,
        collate: @escaping @Sendable ([Source.Sample]) throws -> Batch
    ) {
        self.init(
            count: dataset.count, batchSize, sampler, dropsLast, seed, workers, prefetch, policy,
            CallSite(file: file, line: line)
        ) { plan in plan.make(from: dataset, collate) }
    }
}

extension MadeBatch {
    /// What a set that cannot fail gives: samples that do not go together are a mistake in code.
    fileprivate func orStop(at site: CallSite) -> MadeBatch {
        if let failure { fail("DataLoader", failure.description, at: site) }
        return self
    }
}

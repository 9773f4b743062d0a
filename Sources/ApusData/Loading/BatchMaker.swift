import Apus
import ApusCore

/// What has become of one batch.
struct MadeBatch<Batch: Sendable>: Sendable {
    /// nil where none of its samples could be had.
    var batch: Batch?
    /// The samples that it goes without.
    var skipped: [SampleError] = []
    /// What ends the epoch in its place.
    var failure: SampleError?
}

/// The samples of one batch in a plan of an epoch.
struct BatchPlan: Sendable {
    let seed: UInt64
    let epoch: Int
    /// Where in the epoch the batch begins.
    let batchStart: Int
    /// Where in the epoch the samples begin.
    let start: Int
    let indices: ArraySlice<Int>
    let policy: FailurePolicy

    /// What the sample in this place of the epoch draws from. The place, not its number: a sample that comes twice in
    /// an epoch is drawn for twice.
    func generator(place: Int) -> RandomGenerator { generator(Self.sampleStream, place) }

    /// What putting the batch together draws from.
    var collationGenerator: RandomGenerator { generator(Self.collationStream, batchStart) }

    private func generator(_ stream: UInt64, _ place: Int) -> RandomGenerator {
        var key = CounterGenerator(seed: seed, stream: stream, index: UInt64(bitPattern: Int64(epoch)))
        var own = CounterGenerator(seed: key.next(), stream: 0, index: UInt64(place))
        return RandomGenerator(seed: own.next())
    }

    /// Keep the draws apart from each other and from those of orders.
    private static var sampleStream: UInt64 { 0x7361_6D70_6C65 }
    private static var collationStream: UInt64 { 0x6261_7463_68 }
}

extension BatchPlan {
    /// Makes the samples one by one, and the batch of them.
    func make<Source: Dataset, Batch: Sendable>(
        from dataset: Source, _ collate: ([Source.Sample]) throws -> Batch
    ) -> MadeBatch<Batch> {
        var made = MadeBatch<Batch>()
        var samples: [Source.Sample] = []
        var numbers: [Int] = []
        samples.reserveCapacity(indices.count)
        for (position, index) in indices.enumerated() {
            do {
                samples.append(
                    try withRandomGenerator(generator(place: start + position)) {
                        try dataset.sample(index)
                    })
                numbers.append(index)
            } catch {
                let failure = SampleError([index], dataset.source(of: index), error)
                if policy == .stop { return MadeBatch(failure: failure) }
                made.skipped.append(failure)
            }
        }
        while !samples.isEmpty {
            do {
                made.batch = try withRandomGenerator(collationGenerator) { try collate(samples) }
                break
            } catch let error as CollationError where samples.indices.contains(error.position) {
                let index = numbers[error.position]
                let failure = SampleError([index], dataset.source(of: index), error)
                if policy == .stop { return MadeBatch(failure: failure) }
                made.skipped.append(failure)
                samples.remove(at: error.position)
                numbers.remove(at: error.position)
            } catch {
                return MadeBatch(failure: SampleError(numbers, nil, error))
            }
        }
        return made
    }
}

/// Makes any batch of an epoch, on any thread.
struct BatchMaker<Batch: Sendable>: Sendable {
    let make: @Sendable (BatchPlan) -> MadeBatch<Batch>
    let plan: Sampler.Plan
    let batchSize: Int
    let batchCount: Int
    let seed: UInt64
    let epoch: Int
    let policy: FailurePolicy
    let share: BatchShare

    func batch(_ number: Int) -> MadeBatch<Batch> {
        let places = places(number)
        let rows = share.rows(of: places.count)
        if rows.isEmpty { return MadeBatch(batch: nil) }
        let start = places.lowerBound + rows.lowerBound
        return make(
            BatchPlan(
                seed: seed, epoch: epoch, batchStart: places.lowerBound, start: start,
                indices: plan.order[start..<start + rows.count], policy: policy))
    }

    /// Where in the epoch the samples of a batch are, those of all shares.
    func places(_ number: Int) -> Range<Int> {
        let start = plan.ends.map { number == 0 ? 0 : $0[number - 1] } ?? number * batchSize
        return start..<(plan.ends?[number] ?? min(start + batchSize, plan.order.count))
    }
}

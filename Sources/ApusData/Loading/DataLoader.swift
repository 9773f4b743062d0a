import ApusCore

/// Turns a data set into epochs of shuffled batches, made ahead on a background thread.
///
/// The batches of an epoch depend on the set, the batch size, the seed and the epoch's number alone, not
/// on `prefetch` or on where the epoch is begun: a run that stops within an epoch can go on from there.
///
/// ```swift
/// let loader = DataLoader(digits, batchSize: 128, seed: 7)
/// for batch in loader.epoch(0) { train(batch.inputs, batch.labels) }
/// ```
public struct DataLoader<Source: Dataset>: Sendable {
    /// What batches are made of.
    public let dataset: Source
    /// Samples of a batch; of the last one what is left, unless `dropsLast`.
    public let batchSize: Int
    /// Whether each epoch goes through the samples in another order.
    public let shuffles: Bool
    /// Whether samples that do not fill the last batch are left out.
    public let dropsLast: Bool
    /// What the orders of all epochs depend on, besides their numbers.
    public let seed: UInt64
    /// How many batches are made ahead at most; 0 makes each when it is asked for, without a thread.
    public let prefetch: Int

    /// The program stops for a batch size below 1 and for a negative `prefetch`.
    ///
    /// - Parameters:
    ///   - shuffles: go through the samples in another order in each epoch.
    ///   - dropsLast: leave out samples that do not fill the last batch.
    ///   - seed: of the orders of the epochs.
    ///   - prefetch: how many batches are made ahead at most, on a thread; 0 makes each when it is asked for.
    public init(
        _ dataset: Source, batchSize: Int, shuffles: Bool = true, dropsLast: Bool = false, seed: UInt64 = 0,
        prefetch: Int = 4, file: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(file: file, line: line)
        if batchSize < 1 { fail("DataLoader", "a batch cannot have \(batchSize) samples", at: site) }
        if prefetch < 0 { fail("DataLoader", "\(prefetch) batches cannot be made ahead", at: site) }
        self.dataset = dataset
        self.batchSize = batchSize
        self.shuffles = shuffles
        self.dropsLast = dropsLast
        self.seed = seed
        self.prefetch = prefetch
    }

    /// How many batches an epoch has.
    public var batchCount: Int {
        let (whole, rest) = dataset.count.quotientAndRemainder(dividingBy: batchSize)
        return rest > 0 && !dropsLast ? whole + 1 : whole
    }

    /// How many samples an epoch has.
    public var sampleCount: Int { min(batchCount * batchSize, dataset.count) }

    /// The batches of epoch `epoch`, from the one numbered `first` on.
    public func epoch(
        _ epoch: Int, from first: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> Epoch<Source> {
        if first < 0 || first > batchCount {
            fail(
                "epoch", "batch \(first) is not in 0...\(batchCount)", at: CallSite(file: file, line: line))
        }
        let maker = BatchMaker(
            dataset: dataset, order: order(of: epoch), batchSize: batchSize, batchCount: batchCount)
        return Epoch(maker, from: first, prefetch: prefetch)
    }

    /// The order in which epoch `epoch` goes through the samples: a Fisher-Yates shuffle.
    public func order(of epoch: Int) -> [Int] {
        var order = Array(0..<dataset.count)
        if !shuffles || order.isEmpty { return order }
        var random = CounterGenerator(
            seed: seed, stream: Self.orderStream, index: UInt64(bitPattern: Int64(epoch)))
        for last in stride(from: order.count - 1, to: 0, by: -1) {
            order.swapAt(last, random.below(last + 1))
        }
        return order
    }

    /// Keeps the draws apart from those of other users of the same seed.
    private static var orderStream: UInt64 { 0x6F72_6465_72 }
}

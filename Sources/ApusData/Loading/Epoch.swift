/// One pass over a data set, batch by batch; made by `DataLoader.epoch`.
///
/// With a set that cannot fail this is a sequence: `for batch in loader.epoch(0)`. With any set,
/// `while let batch = try epoch.next()`. It can be gone through once, by one thread. Letting go of it
/// early stops its background threads.
public final class Epoch<Batch: Sendable, Failure: Error> {
    private let maker: BatchMaker<Batch>
    private let queue: BatchQueue<MadeBatch<Batch>>?
    private let threads: [BackgroundThread]
    private var position: Int
    private var isOver = false
    /// The samples that the batches taken so far go without, as `FailurePolicy.skip` asks.
    public private(set) var skipped: [SampleError] = []

    init(_ maker: BatchMaker<Batch>, from first: Int, workers: Int, prefetch: Int) {
        self.maker = maker
        position = first
        guard prefetch > 0, workers > 0, first < maker.batchCount else {
            queue = nil
            threads = []
            return
        }
        let makers = Swift.min(workers, prefetch, maker.batchCount - first)
        let queue = BatchQueue<MadeBatch<Batch>>(
            depth: prefetch, makers: makers, numbers: first..<maker.batchCount)
        self.queue = queue
        threads = (0..<makers).map { _ in
            BackgroundThread {
                while let number = queue.claim() {
                    let made = maker.batch(number)
                    if made.failure != nil { queue.end(with: number) }
                    queue.deliver(made, number)
                }
            }
        }
    }

    deinit {
        queue?.close()  // the threads are then waited for, which takes at most the batches they are making
    }

    /// The index, in the whole epoch, of the batch after the one that `next` returned last.
    public var nextIndex: Int { position }

    /// The next batch, or nil after the last one. A batch none of whose samples could be had is passed over.
    ///
    /// - Throws: `SampleError` where a sample of this batch could not be had; there are no batches after that.
    public func next() throws(Failure) -> Batch? {
        while let (batch, _) = try nextShare() {
            if let batch { return batch }
        }
        return nil
    }

    /// The share of the next batch, nil where it has no samples, and how many samples the whole batch was to have; nil after
    /// the last one.
    package func nextShare() throws(Failure) -> (batch: Batch?, total: Int)? {
        guard !isOver, let made = take() else {
            isOver = true
            return nil
        }
        let total = maker.places(position).count
        position += 1
        if let failure = made.failure {
            isOver = true
            // Only sets that can fail do, and their loaders' failures are these.
            throw failure as! Failure
        }
        skipped += made.skipped
        return (made.batch, total)
    }

    private func take() -> MadeBatch<Batch>? {
        if let queue { return queue.pop() }
        return position < maker.batchCount ? maker.batch(position) : nil
    }
}

extension Epoch: Sequence where Failure == Never {
    /// Goes through what is left of the epoch.
    public struct Iterator: IteratorProtocol {
        let epoch: Epoch

        /// The next batch, or nil after the last one.
        public func next() -> Batch? { epoch.next() }
    }

    /// What is left of the epoch, which can be gone through once.
    public func makeIterator() -> Iterator { Iterator(epoch: self) }
}

/// One pass over a data set, batch by batch; made by `DataLoader.epoch`.
///
/// With a set that cannot fail this is a sequence: `for batch in loader.epoch(0)`. With any set,
/// `while let batch = try epoch.next()`. It can be gone through once, by one thread. Letting go of it
/// early stops its background thread.
public final class Epoch<Source: Dataset> {
    private let maker: BatchMaker<Source>
    private let queue: BatchQueue<Result<Source.Batch, Source.Failure>>?
    private let thread: BackgroundThread?
    private var position: Int
    private var isOver = false

    init(_ maker: BatchMaker<Source>, from first: Int, prefetch: Int) {
        self.maker = maker
        position = first
        guard prefetch > 0, first < maker.batchCount else {
            queue = nil
            thread = nil
            return
        }
        let queue = BatchQueue<Result<Source.Batch, Source.Failure>>(depth: prefetch)
        self.queue = queue
        thread = BackgroundThread {
            for index in first..<maker.batchCount {
                let batch = maker.batch(index)
                if !queue.push(batch) { break }
                if case .failure = batch { break }
            }
            queue.finish()
        }
    }

    deinit {
        queue?.close()  // the thread is then waited for, which takes at most the batch it is making
    }

    /// The index, in the whole epoch, of the batch that `next` returns next.
    public var nextIndex: Int { position }

    /// The next batch, or nil after the last one.
    ///
    /// - Throws: what making this batch threw; there are no batches after that.
    public func next() throws(Source.Failure) -> Source.Batch? {
        if isOver { return nil }
        let made: Result<Source.Batch, Source.Failure>?
        if let queue {
            made = queue.pop()
        } else {
            made = position < maker.batchCount ? maker.batch(position) : nil
        }
        guard let made else {
            isOver = true
            return nil
        }
        position += 1
        do throws(Source.Failure) {
            return try made.get()
        } catch {
            isOver = true
            throw error
        }
    }
}

extension Epoch: Sequence where Source.Failure == Never {
    /// Goes through what is left of the epoch.
    public struct Iterator: IteratorProtocol {
        let epoch: Epoch

        /// The next batch, or nil after the last one.
        public func next() -> Source.Batch? { epoch.next() }
    }

    /// What is left of the epoch, which can be gone through once.
    public func makeIterator() -> Iterator { Iterator(epoch: self) }
}

/// Makes any batch of an epoch, on any thread.
struct BatchMaker<Source: Dataset>: Sendable {
    let dataset: Source
    let order: [Int]
    let batchSize: Int
    let batchCount: Int

    func batch(_ index: Int) -> Result<Source.Batch, Source.Failure> {
        let start = index * batchSize
        let indices = order[start..<min(start + batchSize, order.count)]
        do throws(Source.Failure) {
            return .success(try dataset.batch(indices))
        } catch {
            return .failure(error)
        }
    }
}

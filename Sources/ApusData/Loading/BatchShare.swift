/// One of equal shares of each batch: that of one of several processes, which share the work on it.
package struct BatchShare: Sendable {
    /// Which one, from 0.
    package let index: Int
    /// How many there are.
    package let count: Int

    /// Whether each share of a batch with fewer rows than shares is the whole batch, so that none is empty.
    package let repeatsSmallBatches: Bool

    package init(index: Int, count: Int, repeatsSmallBatches: Bool = false) {
        (self.index, self.count, self.repeatsSmallBatches) = (index, count, repeatsSmallBatches)
    }

    /// Which of a batch's rows these are; none of some batches with fewer rows than shares, but always some for the last share.
    package func rows(of total: Int) -> Range<Int> {
        repeats(total) ? 0..<total : total * index / count..<total * (index + 1) / count
    }

    /// Whether each share of a batch of so many rows is the whole batch.
    package func repeats(_ total: Int) -> Bool { repeatsSmallBatches && total < count }
}

/// One of equal shares of each batch: that of one of several processes, which share the work on it.
package struct BatchShare: Sendable {
    /// Which one, from 0.
    package let index: Int
    /// How many there are.
    package let count: Int

    package init(index: Int, count: Int) { (self.index, self.count) = (index, count) }

    /// Which of a batch's rows these are; none where there are fewer rows than shares, but always some for the last.
    package func rows(of total: Int) -> Range<Int> { total * index / count..<total * (index + 1) / count }
}

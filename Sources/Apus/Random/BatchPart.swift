/// The rows of a batch that are computed here, where several ranks share it: `count` of `total`, from row `start` on.
public struct BatchPart: Sendable, Hashable {
    /// The first of the rows.
    public let start: Int
    /// How many they are; 0 where there are fewer rows than ranks.
    public let count: Int
    /// Rows of the whole batch.
    public let total: Int

    /// The program stops where the rows are not within the batch.
    public init(start: Int, count: Int, total: Int) {
        if start < 0 || count < 0 || count > total - start {
            fail("BatchPart", "\(count) rows from row \(start) on are not among \(total)")
        }
        (self.start, self.count, self.total) = (start, count, total)
    }

    /// That of the `withBatchPart` around; nil where all rows are computed here.
    public static var current: BatchPart? { surrounding }

    @TaskLocal fileprivate static var surrounding: BatchPart?
}

/// Within `body` tensors hold these rows of a batch, and what is drawn at random for them are their numbers in the whole batch.
///
/// Ranks whose generators are alike then compute bit by bit what one process computes of all rows, and their generators stay
/// alike. Rows are along axis 0, as in [batch, …]; where they are not, `withBatchRows` says it, and also for tensors that are made
/// of random numbers, such as `Tensor.normal`. Layers of this package know of their own draws. The program stops where a draw
/// has other rows than the part.
///
/// ```swift
/// let part = BatchPart(start: 8, count: 8, total: 32)
/// let loss = withBatchPart(part) { model(rows).crossEntropy(classes) }
/// ```
///
/// - Parameter part: nil ends the part around: `body` draws as if there were none, the same on all ranks.
public func withBatchPart<Result>(_ part: BatchPart?, _ body: () throws -> Result) rethrows -> Result {
    try BatchPart.$surrounding.withValue(part, operation: body)
}

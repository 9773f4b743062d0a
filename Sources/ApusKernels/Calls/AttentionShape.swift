import ApusCore

/// The extents of scaled dot-product attention, all of row-major [batch, heads, positions, channels].
package struct AttentionShape: Sendable {
    package let batch: Int
    /// Heads of the queries; each of `heads` of keys and values serves as many of them.
    package let queryHeads: Int
    package let heads: Int
    package let queries: Int
    package let keys: Int
    /// Channels of queries and keys, and of values.
    package let depth: Int
    package let width: Int
    /// Whether a query sees the keys up to its own position alone.
    package let isCausal: Bool
    package let scale: Double

    package init(
        batch: Int, queryHeads: Int, heads: Int, queries: Int, keys: Int, depth: Int, width: Int,
        isCausal: Bool, scale: Double
    ) {
        (self.batch, self.queryHeads, self.heads) = (batch, queryHeads, heads)
        (self.queries, self.keys, self.depth, self.width) = (queries, keys, depth, width)
        (self.isCausal, self.scale) = (isCausal, scale)
    }
}

/// What is added to the scores of attention, with its strides along batch, query heads, queries and keys, in elements; 0 where
/// it is the same.
package struct AttentionBias {
    package let start: UnsafeRawPointer
    package let batch: Int
    package let head: Int
    package let query: Int
    package let key: Int

    package init(start: UnsafeRawPointer, batch: Int, head: Int, query: Int, key: Int) {
        self.start = start
        (self.batch, self.head, self.query, self.key) = (batch, head, query, key)
    }
}

/// Which weights of attention are dropped: each with a probability, by the random number of its place among all weights, [batch,
/// query heads, queries, keys]. Those that are kept are divided by the share of them.
package struct AttentionDropout: Sendable {
    package let probability: Double
    /// Of the generator: Philox's key, and the counter of number 0.
    package let seed: UInt64
    package let offset: UInt64
    /// The number of the first weight.
    package let first: Int

    package init(probability: Double, seed: UInt64, offset: UInt64, first: Int) {
        (self.probability, self.seed, self.offset, self.first) = (probability, seed, offset, first)
    }
}

/// What attention reads.
package struct AttentionOperands {
    package let query: UnsafeRawPointer
    package let key: UnsafeRawPointer
    package let value: UnsafeRawPointer
    package let bias: AttentionBias?
    package let dropout: AttentionDropout?

    package init(
        query: UnsafeRawPointer, key: UnsafeRawPointer, value: UnsafeRawPointer, bias: AttentionBias?,
        dropout: AttentionDropout?
    ) {
        (self.query, self.key, self.value) = (query, key, value)
        (self.bias, self.dropout) = (bias, dropout)
    }
}

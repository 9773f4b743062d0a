/// The extents of causal linear attention, of row-major [sequences, steps, channels]; every head of a batch is a sequence.
package struct LinearAttentionShape: Sendable {
    package let sequences: Int
    package let steps: Int
    /// Channels of queries and keys, and of values.
    package let depth: Int
    package let width: Int

    package init(sequences: Int, steps: Int, depth: Int, width: Int) {
        (self.sequences, self.steps) = (sequences, steps)
        (self.depth, self.width) = (depth, width)
    }
}

/// What linear attention reads: query and key are [sequences, steps, depth], value is [sequences, steps, width].
package struct LinearAttentionOperands {
    package let query: UnsafeRawPointer
    package let key: UnsafeRawPointer
    package let value: UnsafeRawPointer
    /// The logarithms of what states are multiplied by at each step, [sequences, steps]; nil for zeros.
    package let logDecay: UnsafeRawPointer?
    /// [sequences, depth, width]; nil for zeros.
    package let initial: UnsafeRawPointer?

    package init(
        query: UnsafeRawPointer, key: UnsafeRawPointer, value: UnsafeRawPointer, logDecay: UnsafeRawPointer?,
        initial: UnsafeRawPointer?
    ) {
        (self.query, self.key, self.value) = (query, key, value)
        (self.logDecay, self.initial) = (logDecay, initial)
    }
}

/// Where the gradients of linear attention's operands go, each in its operand's shape.
package struct LinearAttentionGradients {
    package let query: UnsafeMutableRawPointer
    package let key: UnsafeMutableRawPointer
    package let value: UnsafeMutableRawPointer
    /// nil where there is no decay.
    package let logDecay: UnsafeMutableRawPointer?
    package let initial: UnsafeMutableRawPointer

    package init(
        query: UnsafeMutableRawPointer, key: UnsafeMutableRawPointer, value: UnsafeMutableRawPointer,
        logDecay: UnsafeMutableRawPointer?, initial: UnsafeMutableRawPointer
    ) {
        (self.query, self.key, self.value) = (query, key, value)
        (self.logDecay, self.initial) = (logDecay, initial)
    }
}

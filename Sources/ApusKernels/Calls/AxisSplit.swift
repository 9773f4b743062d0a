import ApusCore

/// A contiguous operand seen as `outer` × `length` × `inner`, where a kernel runs over the middle.
public struct AxisSplit: Sendable {
    public let outer: Int
    public let length: Int
    public let inner: Int

    public init(outer: Int, length: Int, inner: Int) {
        self.outer = outer
        self.length = length
        self.inner = inner
    }

    /// `shape` split at `axis`.
    public init(_ shape: Shape, axis: Int) {
        self.init(
            outer: Array(shape[..<axis]).elementCount, length: shape[axis],
            inner: Array(shape[(axis + 1)...]).elementCount)
    }

    @inlinable package var isEmpty: Bool { outer == 0 || length == 0 || inner == 0 }
}

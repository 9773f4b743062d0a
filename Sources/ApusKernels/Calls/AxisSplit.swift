import ApusCore

/// A contiguous operand seen as `outer` × `length` × `inner`, where a kernel runs over the middle.
package struct AxisSplit: Sendable {
    package let outer: Int
    package let length: Int
    package let inner: Int

    package init(outer: Int, length: Int, inner: Int) {
        self.outer = outer
        self.length = length
        self.inner = inner
    }

    /// `shape` split at `axis`.
    package init(_ shape: Shape, axis: Int) {
        self.init(
            outer: Array(shape[..<axis]).elementCount, length: shape[axis],
            inner: Array(shape[(axis + 1)...]).elementCount)
    }

    @inlinable package var isEmpty: Bool { outer == 0 || length == 0 || inner == 0 }
}

import ApusKernelCalls

/// Reading and writing by index tensors. Indices are int64; offsets count elements, and lie in the
/// device's memory as 64-bit integers.
package protocol IndexCalls: DeviceCalls {
    /// Reads blocks of elements that begin at given offsets: the kernel of every read by index tensors.
    ///
    /// `result[o, k, i] = source[outer o, offsets[k], inner i]`, with the result row-major.
    /// - Parameters:
    ///   - outer: axes of the source before the indexed ones.
    ///   - inner: axes of the source after them: one block.
    ///   - offsets: in elements; already checked.
    func gatherBlocks(
        _ source: Operand, outer: [Int], inner: [Int], offsets: UnsafeRawPointer, _ count: Int,
        into result: UnsafeMutableRawPointer)

    /// Writes blocks of elements to given offsets, or adds them to what is there: the mirror of
    /// `gatherBlocks`.
    ///
    /// Where offsets repeat, the last block stays, or all are added in order: work is divided by target
    /// element, never by block, so the result does not depend on the number of threads.
    /// - Parameters:
    ///   - source: row-major [outer, count, inner], of the target's type.
    ///   - adding: the 16-bit types cannot be added here; widen them first.
    func scatterBlocks(
        _ source: UnsafeRawPointer, into target: Operand, outer: [Int], inner: [Int],
        offsets: UnsafeRawPointer, _ count: Int, adding: Bool)

    /// Copies blocks of contiguous memory in the order of an index, the fast case of `gatherBlocks`:
    /// `result[o, k, :] = source[o, index[k], :]`.
    ///
    /// - Parameters:
    ///   - outer: how many times the whole index is gone through.
    ///   - extent: blocks of the source for each of these; negative indices count from their end.
    ///   - blockBytes: the size of one block.
    /// - Returns: the position of the first index outside, before anything is copied; nil where all are inside.
    func selectRows(
        _ source: UnsafeRawPointer, outer: Int, extent: Int, blockBytes: Int, index: UnsafeRawPointer,
        _ count: Int, into result: UnsafeMutableRawPointer
    ) -> Int?

    /// Turns indices along one axis into offsets: `offset = wrapped index × stride`, added to what
    /// `offsets` holds if `adding`.
    ///
    /// - Parameter index: negative ones count from the end.
    /// - Returns: the position of the first index outside `-extent..<extent`; nil where all are inside.
    func indexOffsets(
        _ index: UnsafeRawPointer, _ count: Int, extent: Int, stride: Int, adding: Bool,
        into offsets: UnsafeMutableRawPointer
    ) -> Int?

    /// The offsets of `gather` and `scatter` along `axis`: every other coordinate is the index's own.
    ///
    /// - Parameters:
    ///   - index: row-major over `shape`.
    ///   - strides: of the tensor read or written.
    ///   - extent: that tensor's, along `axis`.
    /// - Returns: as `indexOffsets`.
    func axisOffsets(
        _ index: UnsafeRawPointer, shape: [Int], strides: [Int], axis: Int, extent: Int,
        into offsets: UnsafeMutableRawPointer
    ) -> Int?

    /// Which of several elements written to the same position in order is the one that stays: `marks[k]` is 1 where no later
    /// offset equals `offsets[k]`, else 0.
    ///
    /// - Parameters:
    ///   - offsets: not negative and below `span`.
    ///   - count: how many offsets there are.
    /// - Returns: whether any offset repeats.
    func markLastWriters(
        _ offsets: UnsafeRawPointer, _ count: Int, span: Int, into marks: UnsafeMutableRawPointer
    ) -> Bool

    /// For each segment of rows and each column the row with the largest element, as int64: the first of equal ones; NaN
    /// wins. −1 where no row of the segment counts.
    ///
    /// - Parameters:
    ///   - rows: float32 or float64, each of `length` elements.
    ///   - bounds: the first row of each segment, and the end of the last one.
    ///   - counts: booleans, whether each row counts.
    func largestOfSegments(
        _ rows: UnsafeRawPointer, _ dtype: DType, length: Int, bounds: UnsafeRawPointer, segments: Int,
        counts: UnsafeRawPointer, into indices: UnsafeMutableRawPointer)

    /// Where a mask is true.
    ///
    /// - Parameter mask: booleans, row-major over `shape`.
    func findTrue(_ mask: UnsafeRawPointer, shape: Shape) -> TrueElements
}

extension IndexCalls {
    package func gatherBlocks(
        _ source: Operand, outer: [Int], inner: [Int], offsets: UnsafeRawPointer, _ count: Int,
        into result: UnsafeMutableRawPointer
    ) { lacks() }

    package func scatterBlocks(
        _ source: UnsafeRawPointer, into target: Operand, outer: [Int], inner: [Int],
        offsets: UnsafeRawPointer, _ count: Int, adding: Bool
    ) { lacks() }

    package func selectRows(
        _ source: UnsafeRawPointer, outer: Int, extent: Int, blockBytes: Int, index: UnsafeRawPointer,
        _ count: Int, into result: UnsafeMutableRawPointer
    ) -> Int? { lacks() }

    package func indexOffsets(
        _ index: UnsafeRawPointer, _ count: Int, extent: Int, stride: Int, adding: Bool,
        into offsets: UnsafeMutableRawPointer
    ) -> Int? { lacks() }

    package func axisOffsets(
        _ index: UnsafeRawPointer, shape: [Int], strides: [Int], axis: Int, extent: Int,
        into offsets: UnsafeMutableRawPointer
    ) -> Int? { lacks() }

    package func markLastWriters(
        _ offsets: UnsafeRawPointer, _ count: Int, span: Int, into marks: UnsafeMutableRawPointer
    ) -> Bool { lacks() }

    package func largestOfSegments(
        _ rows: UnsafeRawPointer, _ dtype: DType, length: Int, bounds: UnsafeRawPointer, segments: Int,
        counts: UnsafeRawPointer, into indices: UnsafeMutableRawPointer
    ) { lacks() }

    package func findTrue(_ mask: UnsafeRawPointer, shape: Shape) -> TrueElements { lacks() }
}

/// Where a mask is true, as a device has found it.
package struct TrueElements {
    /// How many elements are true.
    package let count: Int
    /// Writes their coordinates in row-major order as int64: all of axis 0, then all of axis 1 and so on, `count` of
    /// each.
    package let write: (UnsafeMutableRawPointer) -> Void

    package init(count: Int, write: @escaping (UnsafeMutableRawPointer) -> Void) {
        self.count = count
        self.write = write
    }
}

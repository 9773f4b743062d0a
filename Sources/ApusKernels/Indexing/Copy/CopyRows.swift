import ApusKernelBase

/// Copies rows of contiguous memory to rows that lie `pitch` bytes apart: what joins tensors.
package func copyRows(
    _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, rows: Int, rowBytes: Int, pitch: Int
) {
    if rows == 1 || pitch == rowBytes {
        copyBytes(source, to: target, rows * rowBytes)
        return
    }
    let streams = rows * rowBytes >= streamedBytes && rowBytes >= 256
    Parallel.ranges(rows, grain: max(1, (128 << 10) / max(rowBytes, 1))) { range in
        copyBlocks(range, blockBytes: rowBytes, streams: streams) {
            (source + $0 * rowBytes, target + $0 * pitch)
        }
    }
}

/// Copies rows of contiguous memory to rows that lie `pitch` bytes apart: what joins tensors.
public func copyRows(
    _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, rows: Int, rowBytes: Int, pitch: Int
) {
    if rows == 1 || pitch == rowBytes {
        copyBytes(source, to: target, rows * rowBytes)
        return
    }
    Parallel.ranges(rows, grain: max(1, (128 << 10) / max(rowBytes, 1))) { range in
        for row in range {
            (target + row * pitch).copyMemory(from: source + row * rowBytes, byteCount: rowBytes)
        }
    }
}

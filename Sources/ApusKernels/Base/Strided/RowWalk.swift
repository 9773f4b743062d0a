import CProcessor

/// Like `forEachRow`, but calls `body` with a run of rows at a time: for rows so short that a call for each would take
/// a noticeable part of the time.
package func forEachRows(_ rows: Int, _ length: Int, _ body: (Range<Int>) -> Void) {
    let rowsPerUnit = max(1, 4096 / max(length, 1))
    Parallel.runs((rows + rowsPerUnit - 1) / rowsPerUnit, cost: rowsPerUnit * length) { units in
        body((units.lowerBound * rowsPerUnit)..<min(units.upperBound * rowsPerUnit, rows))
    }
}

/// Calls `body` for each row of `length` elements, in units of work of fixed size over the threads.
@inlinable @inline(__always)
package func forEachRow(_ rows: Int, _ length: Int, _ body: (Int) -> Void) {
    let rowsPerUnit = max(1, 4096 / max(length, 1))
    Parallel.units((rows + rowsPerUnit - 1) / rowsPerUnit, cost: rowsPerUnit * length) { unit in
        for row in (unit * rowsPerUnit)..<min((unit + 1) * rowsPerUnit, rows) { body(row) }
    }
}

/// Like `forEachRow`, but also gives `body` the memory to write a row's result to: that of the result or, where the
/// result is streamed, scratch memory that is then copied.
@inlinable @inline(__always)
package func forEachRow<T>(
    _ rows: Int, _ length: Int, into result: UnsafeMutablePointer<T>,
    _ body: (Int, UnsafeMutablePointer<T>) -> Void
) {
    let unitLength = 4096
    let size = MemoryLayout<T>.stride
    if rows * length * size < streamedBytes || length > unitLength {
        forEachRow(rows, length) { body($0, result + $0 * length) }
        return
    }
    let rowsPerUnit = unitLength / length
    Parallel.units((rows + rowsPerUnit - 1) / rowsPerUnit, cost: unitLength) { unit in
        let (first, end) = (unit * rowsPerUnit, min((unit + 1) * rowsPerUnit, rows))
        withUnsafeTemporaryAllocation(byteCount: unitLength * size, alignment: 64) { scratch in
            let scratch = scratch.baseAddress!.assumingMemoryBound(to: T.self)
            for row in first..<end { body(row, scratch + (row - first) * length) }
            streamBytes(scratch, to: result + first * length, (end - first) * length * size)
            apus_stream_fence()
        }
    }
}

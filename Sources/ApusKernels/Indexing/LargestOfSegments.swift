import ApusCore
import ApusKernelBase

/// For each segment of rows and each column the row with the largest element: the first of equal ones; NaN wins. −1 where no
/// row of the segment counts.
package func largestOfSegments(
    _ rows: UnsafeRawPointer, _ dtype: DType, length: Int, bounds: UnsafePointer<Int64>, segments: Int,
    counts: UnsafePointer<UInt8>, into indices: UnsafeMutablePointer<Int64>
) {
    withRowType(dtype) {
        find($0, rows, length, bounds, segments, counts, indices)
    } _: {
        find($0, rows, length, bounds, segments, counts, indices)
    }
}

@inline(__always)
private func find<T: RowElement>(
    _: T.Type, _ rows: UnsafeRawPointer, _ length: Int, _ bounds: UnsafePointer<Int64>, _ segments: Int,
    _ counts: UnsafePointer<UInt8>, _ indices: UnsafeMutablePointer<Int64>
) {
    if segments == 0 { return }
    let rows = rows.assumingMemoryBound(to: T.self)
    let cost = Int(bounds[segments] - bounds[0]) / segments * length
    Parallel.units(segments, cost: cost) { segment in
        let result = indices + segment * length
        for column in 0..<length { result[column] = -1 }
        for row in bounds[segment]..<bounds[segment + 1] where counts[Int(row)] != 0 {
            let x = rows + Int(row) * length
            for column in 0..<length {
                let best = result[column]
                if best < 0 {
                    result[column] = row
                    continue
                }
                let known = rows[Int(best) * length + column]
                if x[column] > known || (x[column].isNaN && !known.isNaN) { result[column] = row }
            }
        }
    }
}

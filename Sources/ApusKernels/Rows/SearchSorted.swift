import ApusKernelBase
import ApusCore

extension Kernels {
    /// Where each of `count` values a row would go among the `length` ascending elements of its row.
    ///
    /// - Parameter dtype: a real type that kernels compute in, of both; NaN is above everything.
    package static func searchSorted(
        _ sorted: UnsafeRawPointer, _ length: Int, _ values: UnsafeRawPointer, _ count: Int, rows: Int,
        _ dtype: DType, right: Bool, into result: UnsafeMutablePointer<Int64>
    ) {
        switch dtype {
        case .bool, .uint8: search(UInt8.self, sorted, length, values, count, rows, right, result)
        case .int32: search(Int32.self, sorted, length, values, count, rows, right, result)
        case .int64: search(Int64.self, sorted, length, values, count, rows, right, result)
        case .float64: search(Double.self, sorted, length, values, count, rows, right, result)
        default: search(Float.self, sorted, length, values, count, rows, right, result)
        }
    }

    /// Where runs of equal elements begin in a sorted `order`, and for each element its run's number.
    package static func distinctRuns(
        _ x: UnsafeRawPointer, _ dtype: DType, _ n: Int, order: UnsafePointer<Int64>,
        inverse: UnsafeMutablePointer<Int64>
    ) -> [Int] {
        switch dtype {
        case .bool, .uint8: runs(UInt8.self, x, n, order, inverse)
        case .int32: runs(Int32.self, x, n, order, inverse)
        case .int64: runs(Int64.self, x, n, order, inverse)
        case .float64: runs(Double.self, x, n, order, inverse)
        default: runs(Float.self, x, n, order, inverse)
        }
    }
}

@inline(__always)
private func search<T: OrderedElement>(
    _: T.Type, _ sorted: UnsafeRawPointer, _ length: Int, _ values: UnsafeRawPointer, _ count: Int,
    _ rows: Int, _ right: Bool, _ result: UnsafeMutablePointer<Int64>
) {
    let sorted = sorted.assumingMemoryBound(to: T.self)
    let values = values.assumingMemoryBound(to: T.self)
    Parallel.ranges(rows * count, grain: 1024) { range in
        for i in range {
            let row = sorted + (i / count) * length
            let key = values[i].key
            var (low, high) = (0, length)
            while low < high {
                let middle = (low + high) / 2
                let other = row[middle].key
                if other < key || (right && other == key) { low = middle + 1 } else { high = middle }
            }
            result[i] = Int64(low)
        }
    }
}

@inline(__always)
private func runs<T: OrderedElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ n: Int, _ order: UnsafePointer<Int64>,
    _ inverse: UnsafeMutablePointer<Int64>
) -> [Int] {
    let x = x.assumingMemoryBound(to: T.self)
    var starts: [Int] = []
    for i in 0..<n {
        if i == 0 || x[Int(order[i])] != x[Int(order[i - 1])] { starts.append(i) }
        inverse[Int(order[i])] = Int64(starts.count - 1)
    }
    return starts
}

import ApusKernelBase
import ApusCore

private let chunkLength = 32_768

/// Where a mask is true: found in two passes, counting first.
package struct NonzeroSearch {
    private let mask: UnsafePointer<UInt8>
    private let shape: [Int]
    /// The number of true elements before each chunk.
    private var before: [Int] = []
    /// The number of true elements.
    package private(set) var total = 0

    /// - Parameter mask: booleans, row-major over `shape`.
    package init(_ mask: UnsafeRawPointer, shape: [Int]) {
        self.mask = mask.assumingMemoryBound(to: UInt8.self)
        self.shape = shape
        let bytes = self.mask
        let count = shape.elementCount
        let chunks = (count + chunkLength - 1) / chunkLength
        var counts = [Int](repeating: 0, count: chunks)
        counts.withUnsafeMutableBufferPointer { counts in
            let counts = counts.baseAddress!
            Parallel.units(chunks, cost: chunkLength / 8) { chunk in
                var sum: Int32 = 0
                for i in (chunk * chunkLength)..<min((chunk + 1) * chunkLength, count) {
                    sum &+= bytes[i] != 0 ? 1 : 0
                }
                counts[chunk] = Int(sum)
            }
        }
        for chunk in counts {
            before.append(total)
            total += chunk
        }
    }

    /// Writes the coordinates of the true elements in row-major order: all of axis 0, then all of
    /// axis 1 and so on, `total` of each.
    package func write(_ result: UnsafeMutablePointer<Int64>) {
        let count = shape.elementCount
        let row = shape.last ?? 1
        let (before, total, mask, shape) = (before, total, mask, shape)
        let (rank, chunks) = (shape.count, before.count)
        if total == 0 || rank == 0 { return }
        before.withUnsafeBufferPointer { before in
            let before = before.baseAddress!
            Parallel.units(chunks, cost: chunkLength) { chunk in
                var at = chunk * chunkLength
                let end = min(at + chunkLength, count)
                var found = before[chunk]
                while at < end {
                    let index = at / row
                    let first = at - index * row
                    let n = min(row - first, end - at)
                    let start = found
                    let columns = result + (rank - 1) * total
                    for k in 0..<n where mask[at &+ k] != 0 {
                        columns[found] = Int64(first &+ k)
                        found += 1
                    }
                    if found > start {
                        var rest = index
                        for axis in stride(from: rank - 2, through: 0, by: -1) {
                            let quotient = rest / shape[axis]
                            let coordinate = Int64(rest - quotient * shape[axis])
                            for k in start..<found { result[axis * total + k] = coordinate }
                            rest = quotient
                        }
                    }
                    at += n
                }
            }
        }
    }
}

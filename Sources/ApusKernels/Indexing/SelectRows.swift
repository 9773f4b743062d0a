import ApusKernelBase
import ApusCore
import Synchronization

/// Copies blocks of contiguous memory in the order of an index, the fast case of `gatherBlocks`:
/// `result[o, k, :] = source[o, index[k], :]`.
///
/// - Parameters:
///   - outer: how many times the whole index is gone through.
///   - extent: blocks of the source for each of these; negative indices count from their end.
///   - blockBytes: the size of one block.
/// - Returns: the position of the first index outside, before anything is copied; nil where all are inside.
package func selectRows(
    _ source: UnsafeRawPointer, outer: Int, extent: Int, blockBytes: Int, index: UnsafePointer<Int64>,
    _ n: Int, into result: UnsafeMutableRawPointer
) -> Int? {
    let outside = Atomic(false)
    Parallel.ranges(n, grain: 65_536) { range in
        var bad = false
        for k in range {
            let i = Int(index[k])
            bad = bad || UInt(bitPattern: i &+ (extent & (i >> 63))) >= UInt(bitPattern: extent)
        }
        if bad { outside.store(true, ordering: .relaxed) }
    }
    if outside.load(ordering: .relaxed) {
        return (0..<n).first { index[$0] < -Int64(extent) || index[$0] >= Int64(extent) }
    }
    switch blockBytes {
    case 1: select(source, outer, extent, index, n, result, UInt8.self)
    case 2: select(source, outer, extent, index, n, result, UInt16.self)
    case 4: select(source, outer, extent, index, n, result, UInt32.self)
    case 8: select(source, outer, extent, index, n, result, UInt64.self)
    case 16: select(source, outer, extent, index, n, result, WideElement.self)
    default:
        let streams = outer * n * blockBytes >= streamedBytes && blockBytes >= 256
        Parallel.ranges(outer * n, grain: max(1, 65_536 / max(blockBytes, 1))) { range in
            var entry = range.lowerBound / n
            var k = range.lowerBound - entry * n
            copyBlocks(range, blockBytes: blockBytes, streams: streams) { row in
                let i = Int(index[k])
                let block = entry &* extent &+ i &+ (extent & (i >> 63))
                k += 1
                if k == n {
                    k = 0
                    entry += 1
                }
                return (source + block &* blockBytes, result + row &* blockBytes)
            }
        }
    }
    return nil
}

@inline(__always)
private func select<E>(
    _ source: UnsafeRawPointer, _ outer: Int, _ extent: Int, _ index: UnsafePointer<Int64>, _ n: Int,
    _ result: UnsafeMutableRawPointer, _: E.Type
) {
    let source = source.assumingMemoryBound(to: E.self)
    let result = result.assumingMemoryBound(to: E.self)
    Parallel.ranges(outer * n, grain: 16_384) { range in
        var at = range.lowerBound
        while at < range.upperBound {
            let entry = at / n
            let k = at - entry * n
            let count = min(n - k, range.upperBound - at)
            let (from, to, index) = (source + entry * extent, result + at, index + k)
            for j in 0..<count {
                let i = Int(index[j])
                to[j] = from[i &+ (extent & (i >> 63))]
            }
            at += count
        }
    }
}

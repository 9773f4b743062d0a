import ApusKernelBase
import ApusCore
import Synchronization

// Index tensors become offsets in memory, in elements, before anything is read or written: all of
// them are checked in this pass, so the loops behind need no checks.

/// Turns indices along one axis into offsets: `offset = wrapped index × stride`, added to what
/// `offsets` holds if `adding`.
///
/// - Parameter index: negative ones count from the end.
/// - Returns: the position of the first index outside `-extent..<extent`; nil where all are inside.
package func indexOffsets(
    _ index: UnsafePointer<Int64>, _ count: Int, extent: Int, stride: Int, adding: Bool,
    into offsets: UnsafeMutablePointer<Int>
) -> Int? {
    let outside = Atomic(false)
    Parallel.ranges(count, grain: 16_384) { range in
        var bad = false
        if adding {
            for k in range {
                let i = wrapped(index[k], extent)
                bad = bad || UInt(bitPattern: i) >= UInt(bitPattern: extent)
                offsets[k] = offsets[k] &+ i &* stride
            }
        } else {
            for k in range {
                let i = wrapped(index[k], extent)
                bad = bad || UInt(bitPattern: i) >= UInt(bitPattern: extent)
                offsets[k] = i &* stride
            }
        }
        if bad { outside.store(true, ordering: .relaxed) }
    }
    return outside.load(ordering: .relaxed) ? firstOutside(index, count, extent) : nil
}

/// The offsets of `gather` and `scatter` along `axis`: every other coordinate is the index's own.
///
/// - Parameters:
///   - index: row-major over `shape`.
///   - strides: of the tensor read or written.
///   - extent: that tensor's, along `axis`.
/// - Returns: as `indexOffsets`.
package func axisOffsets(
    _ index: UnsafePointer<Int64>, shape: [Int], strides: [Int], axis: Int, extent: Int,
    into offsets: UnsafeMutablePointer<Int>
) -> Int? {
    let count = shape.elementCount
    let last = shape.count - 1
    let row = shape[last]
    let along = strides[axis]
    let step = axis == last ? 0 : strides[last]
    let outside = Atomic(false)
    Parallel.ranges(count, grain: 16_384) { range in
        var bad = false
        var at = range.lowerBound
        while at < range.upperBound {
            var rest = at / row
            let first = at - rest * row
            let n = min(row - first, range.upperBound - at)
            var base = first * step
            for other in stride(from: last - 1, through: 0, by: -1) {
                let quotient = rest / shape[other]
                if other != axis { base += (rest - quotient * shape[other]) * strides[other] }
                rest = quotient
            }
            for k in 0..<n {
                let i = wrapped(index[at &+ k], extent)
                bad = bad || UInt(bitPattern: i) >= UInt(bitPattern: extent)
                offsets[at &+ k] = base &+ k &* step &+ i &* along
            }
            at += n
        }
        if bad { outside.store(true, ordering: .relaxed) }
    }
    return outside.load(ordering: .relaxed) ? firstOutside(index, count, extent) : nil
}

@inline(__always)
private func wrapped(_ index: Int64, _ extent: Int) -> Int {
    let i = Int(index)
    return i &+ (extent & (i >> 63))
}

private func firstOutside(_ index: UnsafePointer<Int64>, _ count: Int, _ extent: Int) -> Int? {
    (0..<count).first { UInt(bitPattern: wrapped(index[$0], extent)) >= UInt(bitPattern: extent) }
}

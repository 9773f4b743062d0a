import ApusCore

/// Elements computed at a time where operands must be gathered or converted first: small enough to
/// stay in the first-level cache.
private let blockLength = 1024
/// Elements below which another thread does not pay: a parallel region costs about a microsecond.
@inlinable package var elementwiseGrain: Int { 16_384 }

/// Walks all operands together in the result's memory order, and hands `body` contiguous blocks:
/// inputs as `types`, output as `produced`, gathered, converted and scattered as needed.
///
/// - Parameter types: the type that each input is computed in.
package func forEachBlock(
    _ inputs: [Operand], as types: [DType], into result: Operand, _ produced: DType,
    _ body: (UnsafePointer<UnsafeRawPointer>, UnsafeMutableRawPointer, Int) -> Void
) {
    let order = result.layout.visitOrder
    let walks = inputs.map { StridedWalk($0, axes: order) }
    let target = StridedWalk(result, axes: order)
    let count = result.layout.elementCount
    let isConverted = produced != result.dtype || walks.indices.contains { walks[$0].dtype != types[$0] }
    if !isConverted, let rows = RowBlocks(walks + [target], count: count) { return rows.forEach(body) }
    let direct = target.runStride == 1 && target.extents.isEmpty && produced == result.dtype
    // Blocks that end where the shortest long run ends need no gathering.
    var length = blockLength
    for walk in walks where walk.run >= 256 && walk.run < count { length = min(length, walk.run) }
    // Nothing to gather or convert: one block for the whole range.
    let plain =
        direct
        && walks.indices.allSatisfy {
            walks[$0].runStride == 1 && walks[$0].extents.isEmpty && walks[$0].dtype == types[$0]
        }
    Parallel.ranges(count, grain: elementwiseGrain) { range in
        let slots = inputs.count * 2 + 2
        withUnsafeTemporaryAllocation(byteCount: slots * blockLength * 16, alignment: 64) { scratch in
            withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: inputs.count) { pointers in
                func slot(_ i: Int) -> UnsafeMutableRawPointer { scratch.baseAddress! + i * blockLength * 16 }
                // A scalar operand is broadcast over its scratch once.
                var isBroadcast = [Bool](repeating: false, count: walks.count)
                var start = range.lowerBound
                while start < range.upperBound {
                    let boundary = plain ? range.upperBound : (start / length + 1) * length
                    let n = min(boundary, range.upperBound) - start
                    for i in walks.indices {
                        let walk = walks[i]
                        if walk.runStride == 0 && walk.extents.isEmpty {
                            if !isBroadcast[i] {
                                pointers[i] = walk.read(
                                    0, min(blockLength, walk.run), as: types[i], scratch: slot(2 * i),
                                    gathered: slot(2 * i + 1))
                                isBroadcast[i] = true
                            }
                        } else {
                            pointers[i] = walk.read(
                                start, n, as: types[i], scratch: slot(2 * i), gathered: slot(2 * i + 1))
                        }
                    }
                    if direct {
                        body(pointers.baseAddress!, target.base + start * produced.size, n)
                    } else {
                        let raw = slot(slots - 2)
                        body(pointers.baseAddress!, raw, n)
                        target.write(start, n, from: raw, of: produced, converted: slot(slots - 1))
                    }
                    start += n
                }
            }
        }
    }
}

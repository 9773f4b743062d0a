import ApusKernelBase
import ApusCore
import Glibc

/// Reads blocks of elements that begin at given offsets: the kernel of every read by index tensors.
///
/// `result[o, k, i] = source[outer o, offsets[k], inner i]`, with the result row-major.
/// - Parameters:
///   - outer: axes of the source before the indexed ones.
///   - inner: axes of the source after them: one block.
///   - offsets: in elements; already checked.
package func gatherBlocks(
    _ source: Operand, outer: [Int], inner: [Int], offsets: UnsafePointer<Int>, _ n: Int,
    into result: UnsafeMutableRawPointer
) {
    let outerWalk = StridedWalk(source, axes: outer)
    let innerWalk = StridedWalk(source, axes: inner)
    let shape = source.layout.shape
    let rows = outer.map { shape[$0] }.elementCount * n
    let length = inner.map { shape[$0] }.elementCount
    if rows == 0 || length == 0 { return }
    switch source.dtype.size {
    case 1: gather(outerWalk, innerWalk, rows, length, offsets, n, result, UInt8.self)
    case 2: gather(outerWalk, innerWalk, rows, length, offsets, n, result, UInt16.self)
    case 4: gather(outerWalk, innerWalk, rows, length, offsets, n, result, UInt32.self)
    case 8: gather(outerWalk, innerWalk, rows, length, offsets, n, result, UInt64.self)
    default: gather(outerWalk, innerWalk, rows, length, offsets, n, result, WideElement.self)
    }
}

@inline(__always)
private func gather<E: BitwiseCopyable>(
    _ outer: StridedWalk, _ inner: StridedWalk, _ rows: Int, _ length: Int,
    _ offsets: UnsafePointer<Int>, _ n: Int, _ result: UnsafeMutableRawPointer, _: E.Type
) {
    let size = MemoryLayout<E>.size
    let source = outer.base.assumingMemoryBound(to: E.self)
    let target = result.assumingMemoryBound(to: E.self)
    if length == 1 {
        Parallel.ranges(rows, grain: 8192) { range in
            outer.forEachBlock(range, n) { base, k, at, count in
                let (source, target, offsets) = (source + base, target + at, offsets + k)
                for i in 0..<count { target[i] = source[offsets[i]] }
            }
        }
        return
    }
    let whole = inner.extents.isEmpty && inner.runStride == 1
    let grain = max(1, 16_384 / length)
    Parallel.ranges(rows, grain: grain) { range in
        outer.forEachBlock(range, n) { base, first, at, count in
            for k in 0..<count {
                let block = source + (base + offsets[first + k])
                let row = target + (at + k) * length
                if whole && length * size >= 64 {
                    UnsafeMutableRawPointer(row).copyMemory(from: block, byteCount: length * size)
                } else if whole {
                    for i in 0..<length { row[i] = block[i] }
                } else {
                    inner.forEachRun(from: 0, length) { offset, position, m in
                        let (run, row) = (block + offset, row + position)
                        for i in 0..<m { row[i] = run[i &* inner.runStride] }
                    }
                }
            }
        }
    }
}

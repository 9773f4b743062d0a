import ApusKernelBase
import ApusCore

/// Writes blocks of elements to given offsets, or adds them to what is there: the mirror of
/// `gatherBlocks`.
///
/// Where offsets repeat, the last block stays, or all are added in order: work is divided by target
/// element, never by block, so the result does not depend on the number of threads.
/// - Parameters:
///   - source: row-major [outer, n, inner], of the target's type.
///   - adding: the 16-bit types cannot be added here; widen them first.
package func scatterBlocks(
    _ source: UnsafeRawPointer, into target: Operand, outer: [Int], inner: [Int],
    offsets: UnsafePointer<Int>, _ n: Int, adding: Bool
) {
    let shape = target.layout.shape
    let job = ScatterJob(
        outer: StridedWalk(target, axes: outer), inner: StridedWalk(target, axes: inner),
        entries: outer.map { shape[$0] }.elementCount, length: inner.map { shape[$0] }.elementCount,
        offsets: offsets, n: n, source: source)
    if job.entries == 0 || job.length == 0 || n == 0 { return }
    if adding {
        switch target.dtype {
        case .bool: job.run(UInt8.self) { $0 | $1 }
        case .uint8: job.run(UInt8.self) { $0 &+ $1 }
        case .int32: job.run(Int32.self) { $0 &+ $1 }
        case .int64: job.run(Int64.self) { $0 &+ $1 }
        case .float32: job.run(Float.self) { $0 + $1 }
        case .float64: job.run(Double.self) { $0 + $1 }
        case .complex64: job.run(ComplexFloat.self) { $0 + $1 }
        case .complex128: job.run(ComplexDouble.self) { $0 + $1 }
        case .float16, .bfloat16: fail("scatterBlocks", "\(target.dtype) elements must be widened first")
        }
    } else {
        switch target.dtype.size {
        case 1: job.run(UInt8.self) { $1 }
        case 2: job.run(UInt16.self) { $1 }
        case 4: job.run(UInt32.self) { $1 }
        case 8: job.run(UInt64.self) { $1 }
        default: job.run(WideElement.self) { $1 }
        }
    }
}

private struct ScatterJob {
    let outer: StridedWalk
    let inner: StridedWalk
    let entries: Int
    let length: Int
    let offsets: UnsafePointer<Int>
    let n: Int
    let source: UnsafeRawPointer

    @inline(__always)
    func run<E>(_: E.Type, _ combine: (E, E) -> E) {
        let source = source.assumingMemoryBound(to: E.self)
        let target = outer.base.assumingMemoryBound(to: E.self)
        let whole = inner.extents.isEmpty && inner.runStride == 1
        Parallel.ranges(entries * length, grain: max(1, 16_384 / n)) { range in
            outer.forEachBlock(range, length) { base, first, at, count in
                let rows = source + ((at / length) * n * length + first)
                let entry = target + base
                if length == 1 {
                    for k in 0..<n { entry[offsets[k]] = combine(entry[offsets[k]], rows[k]) }
                } else if whole {
                    for k in 0..<n {
                        let (to, from) = (entry + (offsets[k] + first), rows + k * length)
                        for i in 0..<count { to[i] = combine(to[i], from[i]) }
                    }
                } else {
                    for k in 0..<n {
                        let from = rows + k * length
                        inner.forEachRun(from: first, count) { offset, position, m in
                            let (to, from) = (entry + (offsets[k] + offset), from + position)
                            for i in 0..<m {
                                to[i &* inner.runStride] = combine(to[i &* inner.runStride], from[i])
                            }
                        }
                    }
                }
            }
        }
    }
}

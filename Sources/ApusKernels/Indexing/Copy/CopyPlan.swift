import ApusKernelBase
import ApusCore

/// Two layouts of one shape walked together: axes from the slowest to the fastest of the target, those
/// that run on into each other on both sides merged, at least three of them.
struct CopyPlan {
    private(set) var extents: [Int] = []
    private(set) var source: [Int] = []
    private(set) var target: [Int] = []
    let count: Int

    init(from s: Layout, to t: Layout) {
        count = t.elementCount
        for axis in t.visitOrder where t.shape[axis] != 1 {
            let (extent, from, to) = (t.shape[axis], s.strides[axis], t.strides[axis])
            if let last = extents.indices.last, source[last] == from * extent, target[last] == to * extent {
                extents[last] *= extent
                source[last] = from
                target[last] = to
            } else {
                extents.append(extent)
                source.append(from)
                target.append(to)
            }
        }
        while extents.count < 3 {
            extents.insert(1, at: 0)
            source.insert(0, at: 0)
            target.insert(0, at: 0)
        }
    }

    private var rank: Int { extents.count }

    /// The axis that is contiguous in the source, if it is not the target's fastest one.
    private var transposedAxis: Int? {
        let inner = rank - 1
        guard target[inner] == 1, abs(source[inner]) > 1 else { return nil }
        return (0..<inner).last { source[$0] == 1 && extents[$0] >= 4 }
    }

    @inline(__always)
    func run<E: BitwiseCopyable>(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _: E.Type) {
        let from = from.assumingMemoryBound(to: E.self)
        let to = to.assumingMemoryBound(to: E.self)
        if let axis = transposedAxis {
            runTiles(axis, from, to)
        } else {
            runRows(from, to)
        }
    }

    // MARK: Rows

    @inline(__always)
    private func runRows<E: BitwiseCopyable>(_ from: UnsafePointer<E>, _ to: UnsafeMutablePointer<E>) {
        // Three axes are walked in loops; to find the offset of the others takes a division for each.
        let (inner, middle, outer) = (extents[rank - 1], extents[rank - 2], extents[rank - 3])
        let (si, ti) = (source[rank - 1], target[rank - 1])
        let (sm, tm) = (source[rank - 2], target[rank - 2])
        let (sk, tk) = (source[rank - 3], target[rank - 3])
        Parallel.ranges(count, grain: 16_384) { range in
            var at = range.lowerBound
            while at < range.upperBound {
                let row = at / inner
                let plane = row / middle
                let block = plane / outer
                let (s, t) = offsets(of: block, below: rank - 3)
                var (i, j, k) = (at - row * inner, row - plane * middle, plane - block * outer)
                while k < outer, at < range.upperBound {
                    while j < middle, at < range.upperBound {
                        let n = min(inner - i, range.upperBound - at)
                        copyRun(
                            from + (s + k * sk + j * sm + i * si), si, to + (t + k * tk + j * tm + i * ti),
                            ti, n)
                        at += n
                        i = 0
                        j += 1
                    }
                    j = 0
                    k += 1
                }
            }
        }
    }

    /// Where entry `index` of the axes before `axis` lies in both memories.
    @inline(__always)
    private func offsets(of index: Int, below axis: Int) -> (source: Int, target: Int) {
        var rest = index
        var (s, t) = (0, 0)
        var axis = axis - 1
        while axis >= 0 {
            let quotient = rest / extents[axis]
            let position = rest - quotient * extents[axis]
            s += position * source[axis]
            t += position * target[axis]
            rest = quotient
            axis -= 1
        }
        return (s, t)
    }

    // MARK: Tiles

    private func runTiles<E: BitwiseCopyable>(
        _ axis: Int, _ from: UnsafePointer<E>, _ to: UnsafeMutablePointer<E>
    ) {
        // The two axes of the tiles last, the others before them.
        var plan = self
        let inner = rank - 1
        plan.extents.remove(at: axis)
        plan.source.remove(at: axis)
        plan.target.remove(at: axis)
        let planes = plan.extents.dropLast().reduce(1, *)
        let (rows, columns) = (extents[inner], extents[axis])
        let (sourceStride, targetStride) = (source[inner], target[axis])
        let size = MemoryLayout<E>.size
        // Blocks are so small that the lines of both sides stay in the first-level cache until they are complete.
        // Copies too large for the caches go through scratch memory that stays in them, and from there in long rows
        // past the caches, so that the target's lines need not be read first. So do copies whose target rows are a
        // power of two apart, since such lines evict each other. Rows of two or three elements are short either way.
        let streams = count * size >= streamedBytes
        let isBuffered = rows >= 4 && streams || rows >= 256 && targetStride * size % 2048 == 0
        let down = Blocks(rows, longest: isBuffered ? max(64, min(512, 2048 / size)) : 64)
        let across = Blocks(columns, longest: isBuffered ? max(16, min(64, 128 / size)) : 64)
        let perPlane = down.count * across.count
        Parallel.units(planes * perPlane, cost: down.length * across.length) { unit in
            let plane = unit / perPlane
            let rest = unit - plane * perPlane
            // Consecutive units are neighbors in the source's rows where the copy is streamed, else in the target's.
            let (i, j) =
                streams
                ? (down[rest / across.count], across[rest % across.count])
                : (down[rest % down.count], across[rest / down.count])
            let (s, t) = plan.offsets(of: plane, below: plan.rank - 1)
            let corner = from + (s + i.lowerBound * sourceStride + j.lowerBound)
            let goal = to + (t + j.lowerBound * targetStride + i.lowerBound)
            if !isBuffered {
                transpose(
                    corner, sourceStride, goal, targetStride, rows: i.count, columns: j.count)
                return
            }
            // Rows a power of two apart would fall on the same lines of the cache.
            let pitch = i.count + 64 / size
            withUnsafeTemporaryAllocation(byteCount: pitch * j.count * size, alignment: 64) { memory in
                let block = memory.baseAddress!.assumingMemoryBound(to: E.self)
                transpose(corner, sourceStride, block, pitch, rows: i.count, columns: j.count)
                copyBlocks(0..<j.count, blockBytes: i.count * size, streams: streams) {
                    (UnsafeRawPointer(block + $0 * pitch), UnsafeMutableRawPointer(goal + $0 * targetStride))
                }
            }
        }
    }
}

/// A range cut into blocks of nearly one length.
private struct Blocks {
    let total: Int
    let count: Int
    let length: Int

    init(_ total: Int, longest: Int) {
        self.total = total
        count = (total + longest - 1) / longest
        let even = (total + count - 1) / count
        length = min((even + 15) & ~15, longest)
    }

    subscript(index: Int) -> Range<Int> {
        let start = min(index * length, total)
        return start..<min(start + length, total)
    }
}

@inline(__always)
private func copyRun<E: BitwiseCopyable>(
    _ from: UnsafePointer<E>, _ si: Int, _ to: UnsafeMutablePointer<E>, _ ti: Int, _ n: Int
) {
    if ti == 1 && si == 1 {
        if n * MemoryLayout<E>.size >= 128 {
            UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: n * MemoryLayout<E>.size)
        } else {
            for i in 0..<n { to[i] = from[i] }
        }
    } else if ti == 1 && si == 0 {
        let value = from[0]
        for i in 0..<n { to[i] = value }
    } else if ti == 1 && si == 2 {
        // The compiler loads whole vectors only where it knows the stride.
        for i in 0..<n { to[i] = from[i &* 2] }
    } else if ti == 1 && si == 4 {
        for i in 0..<n { to[i] = from[i &* 4] }
    } else {
        for i in 0..<n { to[i &* ti] = from[i &* si] }
    }
}

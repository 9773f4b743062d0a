import ApusKernelBase

extension StridedWalk {
    /// Splits a range of (entry of this walk, index `0..<n`) pairs into stretches of one entry: calls
    /// `body(offset of the entry, first index, position of the stretch, length)`.
    @inline(__always)
    func forEachBlock(_ range: Range<Int>, _ n: Int, _ body: (Int, Int, Int, Int) -> Void) {
        var at = range.lowerBound
        while at < range.upperBound {
            let entry = at / n
            let k = at - entry * n
            let count = Swift.min(n - k, range.upperBound - at)
            body(offset(of: entry), k, at, count)
            at += count
        }
    }

    /// The offset in elements of entry `index` of the whole walk.
    @inline(__always)
    func offset(of index: Int) -> Int {
        let row = index / run
        return rowOffset(row) + (index - row * run) * runStride
    }

    /// Like the other `forEachRun`, but with the offset of each run instead of its address.
    @inline(__always)
    func forEachRun(from start: Int, _ count: Int, _ body: (Int, Int, Int) -> Void) {
        var done = 0
        var row = start / run
        var within = start - row * run
        while done < count {
            let length = Swift.min(run - within, count - done)
            body(rowOffset(row) + within * runStride, done, length)
            done += length
            within = 0
            row += 1
        }
    }
}

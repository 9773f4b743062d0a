import ApusKernelBase

/// Fills memory with random numbers.
///
/// Element i of an array depends only on the seed, the offset and i; so any split into ranges, on any
/// number of threads, gives the same bytes. A call computes `count` elements from element `first` on,
/// and `out` points to element `first`. An array of n elements touches no other
/// counters than `offset ..< offset + n`; multiples of 64 for `first` waste no work.
package enum RandomKernels {
    /// Groups computed at a time: their 4 KiB stay in the first-level cache.
    private static let chunkGroups = 16

    /// Hands `body` chunks with one word an element: words, index of the first of them relative to `first`, count.
    @inline(__always)
    static func forEachChunk(
        _ count: Int, _ seed: UInt64, _ offset: UInt64, _ first: Int,
        _ body: (UnsafePointer<UInt32>, Int, Int) -> Void
    ) {
        let philox = Philox(seed: seed)
        chunks(of: UInt32.self, perGroup: Philox.groupWords, count, offset, first, philox.fill, body)
    }

    /// Hands `body` chunks with one pair of words an element.
    @inline(__always)
    static func forEachPairChunk(
        _ count: Int, _ seed: UInt64, _ offset: UInt64, _ first: Int,
        _ body: (UnsafePointer<UInt64>, Int, Int) -> Void
    ) {
        let philox = Philox(seed: seed)
        chunks(of: UInt64.self, perGroup: Philox.groupPairs, count, offset, first, philox.fillPairs, body)
    }

    @inline(__always)
    private static func chunks<Word>(
        of: Word.Type, perGroup: Int, _ count: Int, _ offset: UInt64, _ first: Int,
        _ fill: (UnsafeMutablePointer<Word>, Int, UInt64) -> Void,
        _ body: (UnsafePointer<Word>, Int, Int) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: SIMD16<UInt32>.self, capacity: chunkGroups * 4) { buffer in
            let words = UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: Word.self)
            var done = 0
            while done < count {
                let (group, skip) = (first &+ done).quotientAndRemainder(dividingBy: perGroup)
                let n = min(count &- done, chunkGroups &* perGroup &- skip)
                let groups = (skip &+ n &+ perGroup &- 1) / perGroup
                fill(words, groups, offset &+ UInt64(truncatingIfNeeded: group &* Philox.groupBlocks))
                body(words + skip, done, n)
                done = done &+ n
            }
        }
    }

    /// For elements that are made in pairs: hands `body` chunks of words and memory for all the
    /// elements of their groups, and copies out those asked for.
    @inline(__always)
    static func forEachWhole<T, Word>(
        _ out: UnsafeMutablePointer<T>, _ count: Int, _ offset: UInt64, _ first: Int, perGroup: Int,
        _ fill: (UnsafeMutablePointer<Word>, Int, UInt64) -> Void,
        _ body: (UnsafePointer<Word>, UnsafeMutablePointer<T>, Int) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: T.self, capacity: chunkGroups * perGroup) { spare in
            // Whole groups: begin at the group of `first`.
            let lead = first % perGroup
            chunks(of: Word.self, perGroup: perGroup, count &+ lead, offset, first &- lead, fill) {
                words, start, n in
                let groups = (n &+ perGroup &- 1) / perGroup
                let begin = start == 0 ? lead : 0
                if begin == 0 && groups &* perGroup == n {
                    body(words, out + (start &- lead), groups)
                } else {
                    body(words, spare.baseAddress!, groups)
                    (out + (start &+ begin &- lead)).update(
                        from: spare.baseAddress! + begin, count: n &- begin)
                }
            }
        }
    }
}

/// Merges the tokens of a word: of all pairs always that of the lowest rank, of several the leftmost.
struct WordMerger {
    /// In shorter words it is faster to look at all pairs than to keep them in order.
    private static let longestForSearch = 48

    private let merges: MergeTable
    /// The tokens of the word, of which each step leaves one less.
    var tokens: [Int32] = []
    /// Of the pair that begins at each token.
    private var ranks: [UInt32] = []

    init(_ merges: MergeTable) { self.merges = merges }

    /// Merges `tokens` until no pair is left that can be.
    mutating func merge() {
        if tokens.count < 2 { return }
        ranks.removeAll(keepingCapacity: true)
        for index in tokens.indices.dropLast() { ranks.append(merges[tokens[index], tokens[index + 1]].rank) }
        ranks.append(.max)
        if tokens.count <= Self.longestForSearch { mergeBySearch() } else { mergeInOrder() }
    }

    private mutating func mergeBySearch() {
        while tokens.count > 1 {
            var best = 0
            for index in 1..<ranks.count where ranks[index] < ranks[best] { best = index }
            if ranks[best] == .max { return }
            tokens[best] = merges[tokens[best], tokens[best + 1]].result
            tokens.remove(at: best + 1)
            ranks.remove(at: best + 1)
            ranks[best] = best + 1 < tokens.count ? merges[tokens[best], tokens[best + 1]].rank : .max
            if best > 0 { ranks[best - 1] = merges[tokens[best - 1], tokens[best]].rank }
        }
    }

    /// With the pairs in a heap: a word of n bytes takes n log n steps, were it a whole book.
    private mutating func mergeInOrder() {
        let count = tokens.count
        var previous = Array(-1..<count - 1)
        var next = Array(1...count)
        var heap = Heap(
            ranks.indices.filter { ranks[$0] != .max }.map { UInt64(ranks[$0]) << 32 | UInt64($0) })
        while let least = heap.popLeast() {
            let index = Int(least & 0xFFFF_FFFF)
            // What was merged since has another rank now.
            if ranks[index] != UInt32(least >> 32) { continue }
            let removed = next[index]
            tokens[index] = merges[tokens[index], tokens[removed]].result
            tokens[removed] = -1
            ranks[removed] = .max
            next[index] = next[removed]
            if next[index] < count { previous[next[index]] = index }
            for start in [previous[index], index] where start >= 0 {
                ranks[start] = next[start] < count ? merges[tokens[start], tokens[next[start]]].rank : .max
                if ranks[start] != .max { heap.insert(UInt64(ranks[start]) << 32 | UInt64(start)) }
            }
        }
        tokens.removeAll { $0 < 0 }
    }
}

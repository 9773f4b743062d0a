/// Which pairs of tokens are merged, in which order, into what: a hash table.
struct MergeTable: Sendable {
    /// A merge: the earlier it was learned, the earlier it is done.
    struct Merge: Sendable {
        let rank: UInt32
        let result: Int32
    }

    /// Both tokens in one number; no pair is all ones.
    private var pairs: [UInt64]
    private var merges: [Merge]
    private let mask: Int

    /// The merges of pairs, in order; where a pair comes twice, the later one counts.
    init(_ list: [(left: Int32, right: Int32, result: Int32)]) {
        var size = 16
        while size < 2 * list.count { size *= 2 }
        mask = size - 1
        pairs = [UInt64](repeating: .max, count: size)
        merges = [Merge](repeating: Merge(rank: .max, result: -1), count: size)
        for (rank, merge) in list.enumerated() {
            let slot = slot(of: Self.pair(merge.left, merge.right))
            pairs[slot] = Self.pair(merge.left, merge.right)
            merges[slot] = Merge(rank: UInt32(rank), result: merge.result)
        }
    }

    /// The merge of two tokens; of rank `.max` where there is none.
    @inline(__always)
    subscript(left: Int32, right: Int32) -> Merge { merges[slot(of: Self.pair(left, right))] }

    /// All merges in their order.
    var ordered: [(left: Int32, right: Int32, result: Int32)] {
        zip(pairs, merges).filter { $0.0 != .max }.sorted { $0.1.rank < $1.1.rank }.map { pair, merge in
            (Int32(truncatingIfNeeded: pair >> 32), Int32(truncatingIfNeeded: pair), merge.result)
        }
    }

    static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// Where a pair is, or would be.
    @inline(__always)
    private func slot(of pair: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while pairs[slot] != pair && pairs[slot] != .max { slot = (slot + 1) & mask }
        return slot
    }
}

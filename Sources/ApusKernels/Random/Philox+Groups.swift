import ApusKernelBase

extension Philox {
    /// Counters that are computed together.
    static let groupBlocks = 16
    /// Words in a group: word w of its block b is number 16w + b.
    static let groupWords = 64
    /// Pairs of words in a group: words 2h and 2h + 1 of its block b are number 16h + b.
    static let groupPairs = 32

    /// The state of eight blocks, each 32-bit word in the low half of a 64-bit lane: there the processor
    /// multiplies to full width. The upper halves may hold anything.
    private typealias Lanes = (SIMD8<UInt64>, SIMD8<UInt64>, SIMD8<UInt64>, SIMD8<UInt64>)

    /// Writes `groups` groups of words, of 64-bit counters from `counter` on (the high half of the
    /// 128 bits is zero).
    func fill(_ words: UnsafeMutablePointer<UInt32>, groups: Int, from counter: UInt64) {
        let lanes = SIMD8<UInt64>(0, 2, 4, 6, 8, 10, 12, 14)
        for group in 0..<groups {
            let first = counter &+ UInt64(truncatingIfNeeded: group &* Philox.groupBlocks)
            let even = blocks(SIMD8(repeating: first) &+ lanes)
            let odd = blocks(SIMD8(repeating: first &+ 1) &+ lanes)
            let out = UnsafeMutableRawPointer(words + group &* Philox.groupWords)
            store(odd.0, even.0, out)
            store(odd.1, even.1, out + 64)
            store(odd.2, even.2, out + 128)
            store(odd.3, even.3, out + 192)
        }
    }

    /// Writes `groups` groups of pairs of words, the earlier word in the high half.
    func fillPairs(_ pairs: UnsafeMutablePointer<UInt64>, groups: Int, from counter: UInt64) {
        let lanes = SIMD8<UInt64>(0, 1, 2, 3, 4, 5, 6, 7)
        for group in 0..<groups {
            let first = counter &+ UInt64(truncatingIfNeeded: group &* Philox.groupBlocks)
            let lower = blocks(SIMD8(repeating: first) &+ lanes)
            let upper = blocks(SIMD8(repeating: first &+ 8) &+ lanes)
            let out = UnsafeMutableRawPointer(pairs + group &* Philox.groupPairs)
            store(lower.0, lower.1, out)
            store(upper.0, upper.1, out + 64)
            store(lower.2, lower.3, out + 128)
            store(upper.2, upper.3, out + 192)
        }
    }

    /// Eight blocks at once.
    @inline(__always)
    private func blocks(_ counter: SIMD8<UInt64>) -> Lanes {
        let low = SIMD8<UInt64>(repeating: 0xffff_ffff)
        let m0 = SIMD8(repeating: UInt64(Philox.multiplier0))
        let m1 = SIMD8(repeating: UInt64(Philox.multiplier1))
        var c0 = counter
        var c1 = counter &>> 32
        var c2 = SIMD8<UInt64>(repeating: 0)
        var c3 = SIMD8<UInt64>(repeating: 0)
        var k0 = key.x
        var k1 = key.y
        for _ in 0..<10 {
            let p0 = (c0 & low) &* m0
            let p1 = (c2 & low) &* m1
            c0 = (p1 &>> 32) ^ c1 ^ SIMD8(repeating: UInt64(k0))
            c2 = (p0 &>> 32) ^ c3 ^ SIMD8(repeating: UInt64(k1))
            c1 = p1
            c3 = p0
            k0 = k0 &+ Philox.keyStep0
            k1 = k1 &+ Philox.keyStep1
        }
        return (c0, c1, c2, c3)
    }

    /// Stores the low halves of `high` above those of `low`.
    @inline(__always)
    private func store(_ high: SIMD8<UInt64>, _ low: SIMD8<UInt64>, _ out: UnsafeMutableRawPointer) {
        let mask = SIMD8<UInt64>(repeating: 0xffff_ffff)
        out.storeBytes(of: (low & mask) | (high &<< 32), as: SIMD8<UInt64>.self)
    }
}

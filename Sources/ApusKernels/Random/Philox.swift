import ApusKernelBase

/// Philox 4×32-10: each 128-bit counter under a 64-bit key gives four random words, independently of
/// all others, so that numbers can be computed in any order and on any thread.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
package struct Philox: Sendable {
    /// The two key words, low word first.
    package let key: SIMD2<UInt32>

    static let multiplier0: UInt32 = 0xd251_1f53
    static let multiplier1: UInt32 = 0xcd9e_8d57
    static let keyStep0: UInt32 = 0x9e37_79b9
    static let keyStep1: UInt32 = 0xbb67_ae85

    /// The generator whose key is `seed`.
    package init(seed: UInt64) {
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed &>> 32))
    }

    /// The four words of one counter, given low word first.
    package func block(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
        var c = counter
        var k = key
        for _ in 0..<10 {
            let p0 = c.x.multipliedFullWidth(by: Philox.multiplier0)
            let p1 = c.z.multipliedFullWidth(by: Philox.multiplier1)
            c = SIMD4(p1.high ^ c.y ^ k.x, p1.low, p0.high ^ c.w ^ k.y, p0.low)
            k = SIMD2(k.x &+ Philox.keyStep0, k.y &+ Philox.keyStep1)
        }
        return c
    }
}

import Testing

import ApusKernels
@testable import ApusRandomKernels

@Suite struct RandomPhiloxTests {
    /// The known answers that come with Random123.
    @Test func givesTheKnownAnswers() {
        let zero = Philox(seed: 0).block(SIMD4(repeating: 0))
        #expect(zero == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        let ones = Philox(seed: .max).block(SIMD4(repeating: .max))
        #expect(ones == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        let pi = Philox(seed: 0x299f_31d0_a409_3822)
            .block(SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344))
        #expect(pi == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    /// Across the carry into the counter's second word.
    @Test func groupsHoldTheBlocksInOrder() {
        let philox = Philox(seed: 0x0123_4567_89ab_cdef)
        let counter: UInt64 = 0xffff_fff5
        var words = [UInt32](repeating: 0, count: 3 * Philox.groupWords)
        var pairs = [UInt64](repeating: 0, count: 3 * Philox.groupPairs)
        philox.fill(&words, groups: 3, from: counter)
        philox.fillPairs(&pairs, groups: 3, from: counter)
        for block in 0..<48 {
            let at = counter + UInt64(block)
            let want = philox.block(SIMD4(UInt32(truncatingIfNeeded: at), UInt32(at >> 32), 0, 0))
            let (group, lane) = block.quotientAndRemainder(dividingBy: 16)
            for w in 0..<4 { #expect(words[group * 64 + w * 16 + lane] == want[w]) }
            for h in 0..<2 {
                let pair = UInt64(want[2 * h]) << 32 | UInt64(want[2 * h + 1])
                #expect(pairs[group * 32 + h * 16 + lane] == pair)
            }
        }
    }
}

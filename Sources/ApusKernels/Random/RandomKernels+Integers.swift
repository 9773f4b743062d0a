import ApusKernelBase

extension RandomKernels {
    /// Integers in [low, high): the high half of 64 random bits times the width, whose bias is below
    /// width / 2⁶⁴. `high` must exceed `low`.
    package static func integers(
        _ out: UnsafeMutablePointer<Int64>, _ count: Int, seed: UInt64, offset: UInt64, first: Int = 0,
        low: Int64, high: Int64
    ) {
        let width = UInt64(bitPattern: high &- low)
        forEachPairChunk(count, seed, offset, first) { pairs, start, n in
            let out = out + start
            if width <= 0xffff_ffff {
                for i in 0..<n {
                    // The same product in two 32-bit steps, which vectorise.
                    let carry = ((pairs[i] & 0xffff_ffff) &* width) &>> 32
                    let product = ((pairs[i] &>> 32) &* width &+ carry) &>> 32
                    out[i] = low &+ Int64(bitPattern: product)
                }
            } else {
                for i in 0..<n {
                    let product = pairs[i].multipliedFullWidth(by: width).high
                    out[i] = low &+ Int64(bitPattern: product)
                }
            }
        }
    }

    /// A random permutation of 0 ..< count (Fisher and Yates, from the inside out); it cannot be split.
    package static func permutation(
        _ out: UnsafeMutablePointer<Int64>, _ count: Int, seed: UInt64, offset: UInt64
    ) {
        forEachPairChunk(count, seed, offset, 0) { pairs, start, n in
            for i in start..<(start &+ n) {
                let bits = pairs[i &- start]
                let j = Int(truncatingIfNeeded: bits.multipliedFullWidth(by: UInt64(i &+ 1)).high)
                out[i] = out[j]
                out[j] = Int64(i)
            }
        }
    }
}

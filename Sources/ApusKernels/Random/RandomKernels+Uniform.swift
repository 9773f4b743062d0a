import ApusKernelBase

extension RandomKernels {
    /// Uniform in [low, high), in steps of 2⁻²⁴ of the width.
    ///
    /// - Parameter range: the numbers from `low` up to, but not including, `high` that the results' final type has.
    ///   Results that rounding leads out of it are limited to it.
    package static func uniform(
        _ out: UnsafeMutablePointer<Float>, _ count: Int, seed: UInt64, offset: UInt64, first: Int = 0,
        low: Float, high: Float, within range: ClosedRange<Float>
    ) {
        let width = high - low
        // The width may overflow where its steps do not.
        let step = width.isFinite ? width * 0x1p-24 : high * 0x1p-24 - low * 0x1p-24
        let (least, greatest) = (range.lowerBound, range.upperBound)
        forEachChunk(count, seed, offset, first) { words, start, n in
            let out = out + start
            for i in 0..<n {
                let value = low.addingProduct(Float(words[i] &>> 8), step)
                let raised = value > least ? value : least
                out[i] = raised < greatest ? raised : greatest
            }
        }
    }

    /// Uniform in [low, high), in steps of 2⁻⁵³ of the width; see the function for `Float`.
    package static func uniform(
        _ out: UnsafeMutablePointer<Double>, _ count: Int, seed: UInt64, offset: UInt64, first: Int = 0,
        low: Double, high: Double, within range: ClosedRange<Double>
    ) {
        let width = high - low
        let step = width.isFinite ? width * 0x1p-53 : high * 0x1p-53 - low * 0x1p-53
        let (least, greatest) = (range.lowerBound, range.upperBound)
        forEachPairChunk(count, seed, offset, first) { pairs, start, n in
            let out = out + start
            for i in 0..<n {
                let value = low.addingProduct(Double(pairs[i] &>> 11), step)
                let raised = value > least ? value : least
                out[i] = raised < greatest ? raised : greatest
            }
        }
    }

    /// 1 with probability `probability`, else 0.
    package static func bernoulli(
        _ out: UnsafeMutablePointer<UInt8>, _ count: Int, seed: UInt64, offset: UInt64, first: Int = 0,
        probability: Double
    ) {
        let (threshold, always) = threshold(probability)
        forEachChunk(count, seed, offset, first) { words, start, n in
            let out = out + start
            for i in 0..<n { out[i] = (words[i] < threshold ? 1 : 0) | always }
        }
    }

    /// A word below `threshold` happens with the given probability; `always` is 1 where every word must count.
    @inline(__always)
    static func threshold(_ probability: Double) -> (threshold: UInt32, always: UInt8) {
        if probability >= 1 { return (.max, 1) }
        return probability > 0 ? (UInt32(probability * 0x1p32), 0) : (0, 0)
    }

    /// Exponential with the given rate: -log(u) / rate, never zero.
    package static func exponential(
        _ out: UnsafeMutablePointer<Float>, _ count: Int, seed: UInt64, offset: UInt64, first: Int = 0,
        rate: Float
    ) {
        let scale = -1 / rate
        forEachChunk(count, seed, offset, first) { words, start, n in
            let out = out + start
            for i in 0..<n {
                let logarithm = FloatMath.log(unitFloat(words[i]))
                // u rounds to 1 once in 2²⁵ draws.
                out[i] = FloatMath.select(logarithm == 0, -0x1p-25, logarithm) * scale
            }
        }
    }

    /// Exponential with the given rate: -log(u) / rate, never zero.
    package static func exponential(
        _ out: UnsafeMutablePointer<Double>, _ count: Int, seed: UInt64, offset: UInt64, first: Int = 0,
        rate: Double
    ) {
        let scale = -1 / rate
        forEachPairChunk(count, seed, offset, first) { pairs, start, n in
            let out = out + start
            for i in 0..<n {
                let logarithm = DoubleMath.log(unitDouble(pairs[i]))
                out[i] = DoubleMath.select(logarithm == 0, -0x1p-54, logarithm) * scale
            }
        }
    }

    /// A number in (0, 1] from 32 bits, fine near zero.
    @inline(__always)
    static func unitFloat(_ word: UInt32) -> Float { Float(0x1p-33).addingProduct(Float(word), 0x1p-32) }

    /// A number in (0, 1] from 53 bits.
    @inline(__always)
    static func unitDouble(_ bits: UInt64) -> Double { Double((bits &>> 11) &+ 1) * 0x1p-53 }
}

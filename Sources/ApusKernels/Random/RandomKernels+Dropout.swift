extension RandomKernels {
    /// Keeps each element with probability 1 - p, scaled by 1 / (1 - p), and sets the others to zero.
    ///
    /// The gradient is the same function of the output's gradient, with the same seed and offset: the
    /// mask is computed again instead of being stored. `out` may be `input`.
    public static func dropout(
        _ out: UnsafeMutablePointer<Float>, _ input: UnsafePointer<Float>, _ count: Int, seed: UInt64,
        offset: UInt64, first: Int = 0, probability: Double
    ) {
        let (threshold, always) = threshold(probability)
        let scale = always == 1 ? 0 : Float(1 / (1 - probability))
        forEachChunk(count, seed, offset, first) { words, start, n in
            let (out, input) = (out + start, input + start)
            let dropsAll = FloatMath.mask(always == 1)
            for i in 0..<n {
                let dropped = FloatMath.mask(words[i] < threshold) | dropsAll
                out[i] = FloatMath.select(dropped, 0, input[i] * scale)
            }
        }
    }

    /// Keeps each element with probability 1 - p, scaled by 1 / (1 - p), and sets the others to zero.
    ///
    /// The mask is that of the `Float` function with the same seed and offset.
    public static func dropout(
        _ out: UnsafeMutablePointer<Double>, _ input: UnsafePointer<Double>, _ count: Int, seed: UInt64,
        offset: UInt64, first: Int = 0, probability: Double
    ) {
        let (threshold, always) = threshold(probability)
        let scale = always == 1 ? 0 : 1 / (1 - probability)
        forEachChunk(count, seed, offset, first) { words, start, n in
            let (out, input) = (out + start, input + start)
            let dropsAll = always == 1
            for i in 0..<n {
                let value = DoubleMath.select(words[i] < threshold, 0, input[i] * scale)
                out[i] = DoubleMath.select(dropsAll, 0, value)
            }
        }
    }
}

import ApusKernelBase
import ApusCore

extension RandomKernels {
    /// Keeps each element with probability 1 - p, scaled by 1 / (1 - p), and sets the others to zero; see below.
    ///
    /// - Parameter dtype: float32, float64, complex64 or complex128.
    package static func dropout(
        _ out: UnsafeMutableRawPointer, _ input: UnsafeRawPointer, _ dtype: DType, _ count: Int, seed: UInt64,
        offset: UInt64, first: Int = 0, probability: Double
    ) {
        switch dtype {
        case .complex128:
            dropout(
                out.assumingMemoryBound(to: ComplexDouble.self),
                input.assumingMemoryBound(to: ComplexDouble.self), count, seed: seed, offset: offset,
                first: first, probability: probability)
        case .complex64:
            dropout(
                out.assumingMemoryBound(to: ComplexFloat.self),
                input.assumingMemoryBound(to: ComplexFloat.self), count, seed: seed, offset: offset,
                first: first, probability: probability)
        case .float64:
            dropout(
                out.assumingMemoryBound(to: Double.self), input.assumingMemoryBound(to: Double.self), count,
                seed: seed, offset: offset, first: first, probability: probability)
        default:
            dropout(
                out.assumingMemoryBound(to: Float.self), input.assumingMemoryBound(to: Float.self), count,
                seed: seed, offset: offset, first: first, probability: probability)
        }
    }

    /// Keeps each element with probability 1 - p, scaled by 1 / (1 - p), and sets the others to zero.
    ///
    /// The gradient is the same function of the output's gradient, with the same seed and offset: the
    /// mask is computed again instead of being stored. `out` may be `input`.
    package static func dropout(
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
    package static func dropout(
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

    /// Keeps each complex element with probability 1 - p, scaled by 1 / (1 - p), and sets the others to zero.
    ///
    /// The mask, one for both parts, is that of the other functions with the same seed and offset.
    package static func dropout(
        _ out: UnsafeMutablePointer<ComplexPair<Float>>, _ input: UnsafePointer<ComplexPair<Float>>,
        _ count: Int, seed: UInt64, offset: UInt64, first: Int = 0, probability: Double
    ) {
        let (threshold, always) = threshold(probability)
        let scale = always == 1 ? 0 : Float(1 / (1 - probability))
        forEachChunk(count, seed, offset, first) { words, start, n in
            let (out, input) = (out + start, input + start)
            let dropsAll = FloatMath.mask(always == 1)
            for i in 0..<n {
                let dropped = FloatMath.mask(words[i] < threshold) | dropsAll
                out[i] = ComplexPair(
                    FloatMath.select(dropped, 0, input[i].re * scale),
                    FloatMath.select(dropped, 0, input[i].im * scale))
            }
        }
    }

    /// Keeps each complex element with probability 1 - p, scaled by 1 / (1 - p), and sets the others to zero.
    package static func dropout(
        _ out: UnsafeMutablePointer<ComplexPair<Double>>, _ input: UnsafePointer<ComplexPair<Double>>,
        _ count: Int, seed: UInt64, offset: UInt64, first: Int = 0, probability: Double
    ) {
        let (threshold, always) = threshold(probability)
        let scale = always == 1 ? 0 : 1 / (1 - probability)
        forEachChunk(count, seed, offset, first) { words, start, n in
            let (out, input) = (out + start, input + start)
            for i in 0..<n {
                let dropped = words[i] < threshold || always == 1
                out[i] = dropped ? ComplexPair(0, 0) : ComplexPair(input[i].re * scale, input[i].im * scale)
            }
        }
    }
}

import ApusKernelBase

/// One sinusoid of a tone: a complex number that a factor rotates and shrinks with each sample. The sound is its real
/// part.
package struct TonePartial: Sendable {
    /// amplitude·e^{iφ} at the start.
    package let real: Float
    package let imaginary: Float
    /// decay·e^{iω}, what each sample multiplies it by.
    package let stepReal: Float
    package let stepImaginary: Float
    /// The partial's number: its phase jumps by that many times the fundamental's angle.
    package let number: Float

    package init(real: Float, imaginary: Float, stepReal: Float, stepImaginary: Float, number: Float) {
        self.real = real
        self.imaginary = imaginary
        self.stepReal = stepReal
        self.stepImaginary = stepImaginary
        self.number = number
    }
}

/// Makes waveforms of partials and noise. Only additions, multiplications and divisions: the same numbers give the
/// same bytes on every processor.
package enum ToneKernel {
    /// Samples from one change of phase or gain to the next.
    package static let blockLength = 32

    /// Overwrites `count` samples with the sum of the partials.
    ///
    /// - Parameter turns: for each block the angle in radians, well below 1, by which the phase of the fundamental
    ///   jumps at the block's start.
    package static func sum(
        _ partials: UnsafeBufferPointer<TonePartial>, turns: UnsafePointer<Float>,
        into samples: UnsafeMutablePointer<Float>, count: Int
    ) {
        samples.update(repeating: 0, count: count)
        for partial in partials {
            var (x, y) = (partial.real, partial.imaginary)
            let (cosine, sine) = (partial.stepReal, partial.stepImaginary)
            for start in stride(from: 0, to: count, by: blockLength) {
                // Rotates by means of t = tan(angle / 2), for which half the angle itself is taken.
                let t = 0.5 * partial.number * turns[start / blockLength]
                let scale = 1 / (1 + t * t)
                let (c, s) = ((1 - t * t) * scale, 2 * t * scale)
                (x, y) = (x * c - y * s, x * s + y * c)
                for i in start..<min(start + blockLength, count) {
                    samples[i] += x
                    (x, y) = (x * cosine - y * sine, x * sine + y * cosine)
                }
            }
        }
    }

    /// Multiplies each sample by a gain and adds noise that is close to normal.
    ///
    /// - Parameters:
    ///   - gains: the gain at the start of each block and at the end of the last, with straight lines between them.
    ///   - noise: the noise's standard deviation.
    ///   - seed: decides the noise.
    package static func finish(
        _ samples: UnsafeMutablePointer<Float>, count: Int, gains: UnsafePointer<Float>, noise: Float,
        seed: UInt64
    ) {
        for start in stride(from: 0, to: count, by: blockLength) {
            let (first, last) = (gains[start / blockLength], gains[start / blockLength + 1])
            let slope = (last - first) / Float(blockLength)
            for i in start..<min(start + blockLength, count) {
                let gain = first + slope * Float(i - start)
                samples[i] = samples[i] * gain + noise * bell(seed, UInt64(truncatingIfNeeded: i))
            }
        }
    }

    /// Deviate `index` of a stream, within ±3.4: the sum of four 16-bit numbers that SplitMix64 draws.
    @inline(__always)
    private static func bell(_ seed: UInt64, _ index: UInt64) -> Float {
        var z = seed &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        let sum = (z & 0xFFFF) &+ (z >> 16 & 0xFFFF) &+ (z >> 32 & 0xFFFF) &+ (z >> 48)
        return (Float(Int64(bitPattern: sum)) - 131_070) * (1.732_050_8 / 65_536)
    }
}

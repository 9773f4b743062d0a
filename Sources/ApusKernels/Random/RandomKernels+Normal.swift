import ApusKernelBase

extension RandomKernels {
    /// Normal with the given mean and standard deviation (Box and Muller's transform of pairs of words).
    package static func normal(
        _ out: UnsafeMutablePointer<Float>, _ count: Int, seed: UInt64, offset: UInt64, first: Int = 0,
        mean: Float, standardDeviation: Float
    ) {
        forEachWhole(out, count, offset, first, perGroup: Philox.groupWords, Philox(seed: seed).fill) {
            words, out, groups in
            for half in 0..<(2 &* groups) {
                let words = words + half &* 32
                let out = out + half &* 32
                for i in 0..<16 {
                    let radius = (-2 * FloatMath.log(unitFloat(words[i]))).squareRoot() * standardDeviation
                    let (sine, cosine) = direction(words[i &+ 16])
                    out[i] = mean.addingProduct(radius, cosine)
                    out[i &+ 16] = mean.addingProduct(radius, sine)
                }
            }
        }
    }

    /// Normal with the given mean and standard deviation (Box and Muller's transform, 53 bits each).
    package static func normal(
        _ out: UnsafeMutablePointer<Double>, _ count: Int, seed: UInt64, offset: UInt64, first: Int = 0,
        mean: Double, standardDeviation: Double
    ) {
        forEachWhole(out, count, offset, first, perGroup: Philox.groupPairs, Philox(seed: seed).fillPairs) {
            pairs, out, groups in
            for group in 0..<groups {
                let pairs = pairs + group &* 32
                let out = out + group &* 32
                for i in 0..<16 {
                    let radius = (-2 * DoubleMath.log(unitDouble(pairs[i]))).squareRoot() * standardDeviation
                    let (sine, cosine) = direction(pairs[i &+ 16])
                    out[i] = mean.addingProduct(radius, cosine)
                    out[i &+ 16] = mean.addingProduct(radius, sine)
                }
            }
        }
    }

    /// Sine and cosine of a uniformly distributed angle: two bits are the quadrant, the rest the angle within.
    @inline(__always)
    private static func direction(_ word: UInt32) -> (sine: Float, cosine: Float) {
        let r = Float(Int32(bitPattern: word &<< 2)) * (0x1p-32 * 1.5707963267948966)
        let (s, c) = (FloatMath.sinOfReduced(r), FloatMath.cosOfReduced(r))
        let isOdd = FloatMath.mask(word & 0x4000_0000 != 0)
        let sign = word & 0x8000_0000
        let sine = FloatMath.select(isOdd, c, s).bitPattern ^ sign
        let cosine = FloatMath.select(isOdd, -s, c).bitPattern ^ sign
        return (Float(bitPattern: sine), Float(bitPattern: cosine))
    }

    @inline(__always)
    private static func direction(_ word: UInt64) -> (sine: Double, cosine: Double) {
        let r = Double(Int64(bitPattern: word &<< 2)) * (0x1p-64 * 1.5707963267948966)
        let (s, c) = (DoubleMath.sinOfReduced(r), DoubleMath.cosOfReduced(r))
        let isOdd = word & 0x4000_0000_0000_0000 != 0
        let sign = word & 0x8000_0000_0000_0000
        let sine = DoubleMath.select(isOdd, c, s).bitPattern ^ sign
        let cosine = DoubleMath.select(isOdd, -s, c).bitPattern ^ sign
        return (Double(bitPattern: sine), Double(bitPattern: cosine))
    }
}

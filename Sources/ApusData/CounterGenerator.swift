/// Random numbers that depend on a key and a count of draws, and on nothing else: SplitMix64.
///
/// Source: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014.
struct CounterGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// The stream of numbers for (seed, stream, index); streams of different keys are unrelated.
    init(seed: UInt64, stream: UInt64, index: UInt64) {
        state = Self.mix(Self.mix(Self.mix(seed) &+ stream) &+ index)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.finish(state)
    }

    /// Uniform in 0..<1, with 24 bits.
    mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// Uniform in 0..<1, with 53 bits.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func uniform(_ range: ClosedRange<Float>) -> Float {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// Close to a normal deviate, within ±3.4: the sum of four 16-bit uniform numbers from one draw.
    mutating func bell() -> Float {
        let bits = next()
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
        return (Float(sum) - 131_070) * (1.732_050_8 / 65_536)
    }

    /// Uniform in 0..<bound without bias. Source: Lemire, Fast Random Integer Generation, 2019.
    mutating func below(_ bound: Int) -> Int {
        let bound = UInt64(bound)
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        }
        return Int(product.high)
    }

    /// A Fisher-Yates shuffle.
    mutating func shuffle(_ numbers: inout [Int]) {
        for last in stride(from: numbers.count - 1, to: 0, by: -1) {
            numbers.swapAt(last, below(last + 1))
        }
    }

    private static func mix(_ value: UInt64) -> UInt64 { finish(value &+ 0x9E37_79B9_7F4A_7C15) }

    private static func finish(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

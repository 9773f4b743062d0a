import Testing

@testable import Apus

/// Conversions between float32 and the 16-bit types, as the kernels carry them out on whole tensors.
@Suite struct HalfConversionTests {
    static let patterns = Array(UInt16.min...UInt16.max)

    static func half(_ patterns: [UInt16], _ type: DType) -> Tensor {
        patterns.withUnsafeBytes { Tensor(copying: $0, shape: [patterns.count], dtype: type) }
    }

    static func patterns(_ tensor: Tensor) -> [UInt16] {
        tensor.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
    }

    /// Arithmetic flushes numbers below float32's normal range, and so does narrowing from float64.
    @Test(arguments: [DType.float32, .float64])
    func everyPatternSurvivesARoundTrip(through wide: DType) {
        for type in [DType.float16, .bfloat16] {
            let found = Self.patterns(Self.half(Self.patterns, type).to(wide).to(type))
            let infinity: UInt16 = type == .float16 ? 0x7C00 : 0x7F80
            let quiet: UInt16 = type == .float16 ? 0x200 : 0x40
            for (before, after) in zip(Self.patterns, found)
            where after != before && !(type == .bfloat16 && wide == .float64 && before & 0x7F80 == 0)
                && !(before & 0x7FFF > infinity && after == before | quiet)
            {
                Issue.record("\(type) \(before) came back as \(after)")
                return
            }
        }
    }

    @Test func everyPatternHasItsValue() {
        let float16 = Self.half(Self.patterns, .float16).to(.float32).array(of: Float.self)
        let bfloat16 = Self.half(Self.patterns, .bfloat16).to(.float32).array(of: Float.self)
        for bits in Self.patterns {
            let expected = (Float(Float16(bitPattern: bits)), Float(bitPattern: UInt32(bits) << 16))
            let found = (float16[Int(bits)], bfloat16[Int(bits)])
            let same =
                (found.0 == expected.0 || found.0.isNaN && expected.0.isNaN)
                && (found.1 == expected.1 || found.1.isNaN && expected.1.isNaN)
            if !same {
                Issue.record("\(bits) is \(found), expected \(expected)")
                return
            }
        }
    }

    /// Just below the middle between two neighbours, in the middle, and just above it: for each pair, of
    /// both signs, up to infinity.
    @Test func roundsToTheNearestAndTiesToEven() {
        for (type, infinity) in [(DType.float16, UInt16(0x7C00)), (.bfloat16, 0x7F80)] {
            var values: [Float] = []
            var expected: [UInt16] = []
            for sign in [UInt16(0), 0x8000] {
                for low in 0..<infinity {
                    let middle = Self.middle(low, type)
                    values += [middle.nextDown, middle, middle.nextUp].map { sign == 0 ? $0 : -$0 }
                    expected += [low, low + (low & 1), low + 1].map { $0 | sign }
                }
            }
            let found = Self.patterns(Tensor(values, shape: [values.count]).to(type))
            if let wrong = values.indices.first(where: { found[$0] != expected[$0] }) {
                Issue.record("\(values[wrong]) became \(type) \(found[wrong]), expected \(expected[wrong])")
            }
        }
    }

    /// The middle between a finite pattern and the next, the one after the last standing for 2^16 or 2^128.
    private static func middle(_ low: UInt16, _ type: DType) -> Float {
        if type == .bfloat16 { return Float(bitPattern: UInt32(low) << 16 | 0x8000) }
        let next = low == 0x7BFF ? 65536 : Float(Float16(bitPattern: low + 1))
        return (Float(Float16(bitPattern: low)) + next) / 2
    }
}

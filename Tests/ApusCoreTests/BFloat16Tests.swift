import ApusCore
import Testing

@Suite struct BFloat16Tests {
    @Test func everyPatternSurvivesARoundTrip() {
        for bits in UInt16.min...UInt16.max {
            let value = Float(BFloat16(bitPattern: bits))
            let back = BFloat16(value).bitPattern
            if value.isNaN {
                // A signalling NaN may come back quiet, and nothing else changes.
                guard back == bits || back == bits | 0x40 else {
                    Issue.record("\(bits) came back as \(back)")
                    return
                }
            } else if back != bits {
                Issue.record("\(bits) came back as \(back)")
                return
            }
        }
    }

    @Test func knownValues() {
        let values: [(Float, UInt16)] = [
            (0, 0), (-0.0, 0x8000), (1, 0x3F80), (-2, 0xC000), (3.140625, 0x4049), (.pi, 0x4049),
            (.infinity, 0x7F80), (-.infinity, 0xFF80), (.leastNormalMagnitude, 0x0080),
            (.leastNonzeroMagnitude, 0), (.greatestFiniteMagnitude, 0x7F80),
            (-.greatestFiniteMagnitude, 0xFF80), (1.00390625, 0x3F80), (1.01171875, 0x3F82),
        ]
        for (value, bits) in values { #expect(BFloat16(value).bitPattern == bits, "\(value)") }
    }

    /// Each pattern with the next one, subnormal or not: what lies below the middle goes down, above it
    /// up, and the middle to the even one. After the last finite one comes infinity.
    @Test func roundsToTheNearestAndTiesToEven() {
        for sign in [UInt16(0), 0x8000] {
            for low in UInt16(0)..<0x7F80 {
                let start = UInt32(sign | low) << 16
                let middle = low & 1 == 0 ? low : low + 1
                for (rest, expected) in [
                    (UInt32(1), low), (0x7FFF, low), (0x8000, middle), (0x8001, low + 1), (0xFFFF, low + 1),
                ] {
                    let found = BFloat16(Float(bitPattern: start | rest)).bitPattern
                    if found != sign | expected {
                        Issue.record("\(start | rest) became \(found), expected \(sign | expected)")
                        return
                    }
                }
            }
        }
    }

    @Test func everyNaNStaysOne() {
        for bits in [UInt32(0x7F80_0001), 0x7F80_FFFF, 0x7FBF_FFFF, 0x7FC0_0000, 0x7FFF_FFFF] {
            #expect(Float(BFloat16(Float(bitPattern: bits))).isNaN)
            let negative = Float(BFloat16(Float(bitPattern: bits | 0x8000_0000)))
            #expect(negative.isNaN && negative.sign == .minus)
        }
    }
}

import ApusCore

/// An element of any type, as float64.
typealias ElementValue = (re: Double, im: Double)

func decodeElements(_ bytes: [UInt8], _ dtype: DType) -> [ElementValue] {
    func read<T>(_ type: T.Type) -> [T] { bytes.withUnsafeBytes { Array($0.bindMemory(to: T.self)) } }
    switch dtype {
    case .bool, .uint8: return bytes.map { (Double($0), 0) }
    case .int32: return read(Int32.self).map { (Double($0), 0) }
    case .int64: return read(Int64.self).map { (Double($0), 0) }
    case .float16: return read(Float16.self).map { (Double($0), 0) }
    case .bfloat16: return read(BFloat16.self).map { (Double(Float($0)), 0) }
    case .float32: return read(Float.self).map { (Double($0), 0) }
    case .float64: return read(Double.self).map { ($0, 0) }
    case .complex64: return read(SIMD2<Float>.self).map { (Double($0.x), Double($0.y)) }
    case .complex128: return read(SIMD2<Double>.self).map { ($0.x, $0.y) }
    }
}

func encodeElements(_ values: [ElementValue], _ dtype: DType) -> [UInt8] {
    func write<T>(_ values: [T]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }
    switch dtype {
    case .bool, .uint8: return values.map { UInt8($0.re) }
    case .int32: return write(values.map { Int32($0.re) })
    case .int64: return write(values.map { Int64($0.re) })
    case .float16: return write(values.map { Float16($0.re) })
    case .bfloat16: return write(values.map { BFloat16(Float($0.re)) })
    case .float32: return write(values.map { Float($0.re) })
    case .float64: return write(values.map(\.re))
    case .complex64: return write(values.map { SIMD2(Float($0.re), Float($0.im)) })
    case .complex128: return write(values.map { SIMD2($0.re, $0.im) })
    }
}

/// A small generator, so that the operands are the same in every run.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func value(_ dtype: DType) -> ElementValue {
        switch dtype {
        case .bool: (Double(next() % 8 == 0 ? 1 : 0), 0)
        case .uint8: (Double(next() % 8), 0)
        case .int32, .int64: (Double(next() % 200) - 100, 0)
        case .float16, .bfloat16: (Double(next() % 17) / 8 - 1, 0)
        // Values whose products do not fit float32 exactly: another order of sums shows in the bits.
        case .float32, .float64: (Double(next() % 2_000_003) / 1_000_001.5 - 1, 0)
        case .complex64, .complex128:
            (Double(next() % 2_000_003) / 1_000_001.5 - 1, Double(next() % 2_000_003) / 1_000_001.5 - 1)
        }
    }
}

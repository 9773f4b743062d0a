import ApusCore

/// A type of elements that files may have and tensors may not; its raw value is the name that safetensors gives it.
public enum UnsupportedType: String, CaseIterable, Sendable {
    case int8 = "I8"
    case int16 = "I16"
    case uint16 = "U16"
    case uint32 = "U32"
    case uint64 = "U64"
    /// 4 bits of exponent and 3 of fraction, without infinity.
    case float8E4M3 = "F8_E4M3"
    /// 5 bits of exponent and 2 of fraction, with infinity.
    case float8E5M2 = "F8_E5M2"
    /// As E4M3, but for a bias one larger, no negative zero, and one NaN.
    case float8E4M3FNUZ = "F8_E4M3FNUZ"
    /// As E5M2, but for a bias one larger, no negative zero, no infinity, and one NaN.
    case float8E5M2FNUZ = "F8_E5M2FNUZ"
    /// A power of two: 8 bits of exponent, without sign and fraction.
    case float8E8M0 = "F8_E8M0"
    /// 2 bits of exponent and 3 of fraction.
    case float6E2M3 = "F6_E2M3"
    /// 3 bits of exponent and 2 of fraction.
    case float6E3M2 = "F6_E3M2"
    /// 4 bits: 2 of exponent and 1 of fraction.
    case float4 = "F4"

    /// Bits that one element takes; elements of 4 and 6 bits are packed.
    package var bits: Int {
        switch self {
        case .float4: 4
        case .float6E2M3, .float6E3M2: 6
        case .int8, .float8E4M3, .float8E5M2, .float8E4M3FNUZ, .float8E5M2FNUZ, .float8E8M0: 8
        case .int16, .uint16: 16
        case .uint32: 32
        case .uint64: 64
        }
    }

    /// The smallest type of tensors that its values are converted to on request; nil where there is no conversion.
    ///
    /// No value changes; of uint64, those that int64 has no room for throw.
    public var converted: DType? {
        switch self {
        case .int8, .int16, .uint16: .int32
        case .uint32, .uint64: .int64
        case .float8E4M3, .float8E5M2, .float8E4M3FNUZ, .float8E5M2FNUZ, .float8E8M0: .float32
        case .float6E2M3, .float6E3M2, .float4: nil
        }
    }
}

import ApusCore

extension DType {
    /// The name that safetensors gives this type; complex128 has none.
    var safetensorsName: String? {
        switch self {
        case .bool: "BOOL"
        case .uint8: "U8"
        case .int32: "I32"
        case .int64: "I64"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .float32: "F32"
        case .float64: "F64"
        case .complex64: "C64"
        case .complex128: nil
        }
    }

    init?(safetensorsName name: String) {
        guard let match = DType.allCases.first(where: { $0.safetensorsName == name }) else { return nil }
        self = match
    }

    /// The names that are read, for messages.
    static let safetensorsNames = allCases.compactMap(\.safetensorsName).joined(separator: ", ")

    /// Names of the format for types that tensors cannot hold.
    static let unsupportedSafetensorsNames: Set<String> = [
        "I8", "I16", "U16", "U32", "U64", "F4", "F6_E2M3", "F6_E3M2", "F8_E4M3", "F8_E4M3FNUZ", "F8_E5M2",
        "F8_E5M2FNUZ", "F8_E8M0",
    ]
}

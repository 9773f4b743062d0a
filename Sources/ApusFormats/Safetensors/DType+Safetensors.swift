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
}

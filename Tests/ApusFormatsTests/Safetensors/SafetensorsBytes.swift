/// A safetensors file from its parts, right or wrong.
func safetensors(_ header: String, data: Int) -> [UInt8] {
    safetensors(Array(header.utf8), data: [UInt8](repeating: 0, count: data))
}

func safetensors(_ header: [UInt8], data: Int) -> [UInt8] {
    safetensors(header, data: [UInt8](repeating: 0, count: data))
}

func safetensors(_ header: [UInt8], data: [UInt8]) -> [UInt8] {
    littleEndian(UInt64(header.count)) + header + data
}

func littleEndian(_ value: UInt64) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

import Testing
import _ApusTestSupport

/// A field of a message: a number, or bytes that may be a message themselves.
enum MessageField {
    case number(UInt64)
    case bytes([UInt8])

    var text: String? {
        if case .bytes(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
    var double: Double? { if case .number(let bits) = self { Double(bitPattern: bits) } else { nil } }
    var float: Float? {
        if case .number(let bits) = self { Float(bitPattern: UInt32(truncatingIfNeeded: bits)) } else { nil }
    }
    var int: Int? { if case .number(let bits) = self { Int(truncatingIfNeeded: bits) } else { nil } }
    var message: [Int: [MessageField]]? {
        if case .bytes(let bytes) = self { try? fields(of: bytes) } else { nil }
    }
    /// Packed 64-bit numbers.
    var doubles: [Double]? {
        guard case .bytes(let bytes) = self else { return nil }
        return stride(from: 0, to: bytes.count, by: 8).map {
            Double(bitPattern: bytes[$0..<$0 + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
    }
}

/// The fields of a protocol buffer by their numbers.
func fields(of bytes: [UInt8]) throws -> [Int: [MessageField]] {
    var (result, position): ([Int: [MessageField]], Int) = ([:], 0)
    func take(_ count: Int) throws -> ArraySlice<UInt8> {
        try #require(count <= bytes.count - position)
        defer { position += count }
        return bytes[position..<position + count]
    }
    func varint() throws -> UInt64 {
        var (value, shift) = (UInt64(0), UInt64(0))
        while true {
            let byte = try take(1).first!
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }
    while position < bytes.count {
        let key = try varint()
        let field: MessageField =
            switch key & 7 {
            case 0: .number(try varint())
            case 1: .number(try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })
            case 2: .bytes(Array(try take(Int(try varint()))))
            default: .number(try take(4).reversed().reduce(0) { $0 << 8 | UInt64($1) })
            }
        result[Int(key >> 3), default: []].append(field)
    }
    return result
}

/// The events of a file, whose checksums are right.
func events(_ path: String) throws -> [[Int: [MessageField]]] {
    func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = (sum & 1 == 1) ? (sum >> 1) ^ 0x82F6_3B78 : sum >> 1 }
        }
        sum = ~sum
        return ((sum >> 15) | (sum << 17)) &+ 0xA282_EAD8
    }
    func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }
    let bytes = try contents(of: path)
    var (result, position): ([[Int: [MessageField]]], Int) = ([], 0)
    while position < bytes.count {
        try #require(bytes.count - position >= 16)
        let length = number(bytes[position..<position + 8])
        try #require(bytes.count - position >= length + 16)
        let (start, end) = (position + 12, position + 12 + length)
        let sums = (number(bytes[position + 8..<start]), number(bytes[end..<end + 4]))
        let data = bytes[start..<end]
        #expect(sums.0 == Int(masked(bytes[position..<position + 8])))
        #expect(sums.1 == Int(masked(data)))
        result.append(try fields(of: Array(data)))
        position += 16 + length
    }
    return result
}

/// The checksum of Castagnoli's polynomial, 0x1EDC6F41, reflected (RFC 3720, appendix B.4).
enum CRC32C {
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8)
        }
        return ~sum
    }

    private static let table: [UInt32] = (0..<256).map { index in
        var sum = UInt32(index)
        for _ in 0..<8 {
            let half = sum >> 1
            sum = sum & 1 == 1 ? half ^ 0x82F6_3B78 : half
        }
        return sum
    }
}

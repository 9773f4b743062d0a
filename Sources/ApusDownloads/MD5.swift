import ApusFormats
import Glibc

/// The checksum that data sets are published with. It tells damage, not malice. Source: Rivest, RFC 1321.
package struct MD5 {
    private var state: SIMD4<UInt32> = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
    private var length: UInt64 = 0
    private var pending: [UInt8] = []

    private static let shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
    private static let sines = (0..<64).map { UInt32(abs(sin(Double($0 + 1))) * 0x1p32) }

    package init() {}

    /// That of a file, as hexadecimal digits.
    package static func ofFile(_ path: String) throws(FileError) -> String {
        let file = try MappedFile(path)
        var sum = MD5()
        sum.update(file.bytes)
        return sum.digest()
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        length &+= UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let part = rest.prefix(64 - pending.count)
            pending += part
            rest = rest.dropFirst(part.count)
            if pending.count < 64 { return }
            let full = pending
            pending = []
            full.withUnsafeBytes { block($0.baseAddress!) }
        }
        while rest.count >= 64 {
            block(bytes.baseAddress! + rest.startIndex)
            rest = rest.dropFirst(64)
        }
        pending += rest
    }

    /// The digits; nothing can be added after that.
    package mutating func digest() -> String {
        let bits = length &* 8
        var tail: [UInt8] = [0x80]
        while (Int(length % 64) + tail.count) % 64 != 56 { tail.append(0) }
        tail += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
        tail.withUnsafeBytes { update($0) }
        return (0..<16).map { index in
            let byte = UInt8(truncatingIfNeeded: state[index / 4] >> UInt32(8 * (index % 4)))
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private mutating func block(_ bytes: UnsafeRawPointer) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        MD5.sines.withUnsafeBufferPointer { sines in
            MD5.shifts.withUnsafeBufferPointer { shifts in
                for i in 0..<64 {
                    let (mixed, word): (UInt32, Int) =
                        switch i / 16 {
                        case 0: ((b & c) | (~b & d), i)
                        case 1: ((d & b) | (~d & c), (5 * i + 1) % 16)
                        case 2: (b ^ c ^ d, (3 * i + 5) % 16)
                        default: (c ^ (b | ~d), 7 * i % 16)
                        }
                    let number = UInt32(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * word, as: UInt32.self))
                    let sum = a &+ mixed &+ sines[i] &+ number
                    let shift = shifts[i / 16 * 4 + i % 4]
                    (a, d, c, b) = (d, c, b, b &+ (sum << shift | sum >> (32 - shift)))
                }
            }
        }
        state = state &+ [a, b, c, d]
    }
}

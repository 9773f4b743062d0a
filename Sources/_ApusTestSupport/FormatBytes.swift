import ApusFormats
import CZlib
import Glibc

/// A number of 32 bits.
package func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

/// An IDX file with this header and these bytes of elements.
package func idx(_ type: UInt8, _ shape: [Int], _ elements: [UInt8]) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)] + shape.flatMap(bigEndian) + elements
}

/// One gzip member (windowBits 31) or a zlib stream (15).
package func deflated(_ bytes: [UInt8], windowBits: Int32 = 31) -> [UInt8] {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    defer { stream.deallocate() }
    stream.initialize(to: z_stream())
    deflateInit2_(
        stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 100)
    let size = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            stream.pointee.next_out = output.baseAddress
            stream.pointee.avail_out = UInt32(output.count)
            deflate(stream, Z_FINISH)
            return output.count - Int(stream.pointee.avail_out)
        }
    }
    return Array(output.prefix(size))
}

/// CRC-32, as PNG and gzip have it.
package func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let bytes = Array(bytes)
    return UInt32(crc32(0, bytes, UInt32(bytes.count)))
}

/// A PNG file made by hand, in kinds that the writer does not write.
package func png(
    _ width: Int, _ height: Int, depth: UInt8, colorType: UInt8, rows: [[UInt8]],
    extra: [(name: String, data: [UInt8])] = []
) -> [UInt8] {
    func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return bigEndian(data.count) + body + bigEndian(Int(checksum(body)))
    }
    let header = bigEndian(width) + bigEndian(height) + [depth, colorType, 0, 0, 0]
    let data = deflated(rows.flatMap { [0] + $0 }, windowBits: 15)
    return PNG.signature + chunk("IHDR", header) + extra.flatMap { chunk($0.name, $0.data) }
        + chunk("IDAT", data) + chunk("IEND", [])
}

/// A file of CIFAR records with these labels; byte i of image n is 7n + i.
package func cifarRecords(_ labels: [UInt8], of variant: CIFAR.Variant) -> [UInt8] {
    var bytes: [UInt8] = []
    for (number, label) in labels.enumerated() {
        if variant == .hundred { bytes.append(label / 5) }
        bytes.append(label)
        bytes += (0..<3072).map { UInt8(truncatingIfNeeded: 7 * number + $0) }
    }
    return bytes
}

/// A tar archive of these files.
package func tar(_ files: [(name: String, contents: [UInt8])]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, contents) in files {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at start: Int) {
            header.replaceSubrange(start..<start + text.utf8.count, with: text.utf8)
        }
        func octal(_ value: Int, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: digits - text.count) + text
        }
        put(name, at: 0)
        put("0000644", at: 100)
        put(octal(contents.count, 11), at: 124)
        put("        ", at: 148)
        put(name.hasSuffix("/") ? "5" : "0", at: 156)
        put("ustar", at: 257)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0 ", at: 148)
        bytes += header + contents
        bytes += [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
    }
    return bytes + [UInt8](repeating: 0, count: 1024)
}

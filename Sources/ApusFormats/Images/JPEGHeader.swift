/// What a JPEG file says before its first scan: its size, its components and how the camera was held.
///
/// Source: ITU-T T.81, annex B.
struct JPEGHeader {
    let width: Int
    let height: Int
    /// 1 for gray, 3 for colours, 4 for CMYK.
    let components: Int
    /// The orientation of Exif's tag 274, 1 (upright) to 8.
    let orientation: Int
    /// Where the first scan begins.
    let scan: Int

    init(_ bytes: [UInt8]) throws(Fault) {
        var frame: (width: Int, height: Int, components: Int)?
        var orientation = 1
        var position = 2
        while true {
            guard position + 4 <= bytes.count else { throw .damaged("it ends in its header") }
            guard bytes[position] == 0xFF else {
                throw .damaged(
                    "expected a marker at byte \(position), found \(hexadecimal([bytes[position]]))")
            }
            let marker = bytes[position + 1]
            if marker == 0xFF {
                // Fill bytes.
                position += 1
                continue
            }
            let start = position + 4
            let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
            let end = position + 2 + length
            guard length >= 2, end <= bytes.count else {
                throw .damaged("the segment at byte \(position) is cut short")
            }
            switch marker {
            // Frames of all kinds; in between are tables.
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                guard end - start >= 6 else { throw .damaged("the frame at byte \(position) is cut short") }
                frame = (
                    Int(bytes[start + 3]) << 8 | Int(bytes[start + 4]),
                    Int(bytes[start + 1]) << 8 | Int(bytes[start + 2]), Int(bytes[start + 5])
                )
            case 0xE1: orientation = Self.orientation(bytes[start..<end]) ?? orientation
            case 0xDA:
                guard let frame else { throw .damaged("a scan comes before its frame") }
                (width, height, components) = frame
                self.orientation = orientation
                scan = position
                return
            case 0xD9: throw .damaged("it ends before its first scan")
            default: break
            }
            position = end
        }
    }

    /// The orientation that an Exif segment tells, read no further than it needs.
    private static func orientation(_ segment: ArraySlice<UInt8>) -> Int? {
        let exif: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]
        guard segment.starts(with: exif) else { return nil }
        let tiff = segment.dropFirst(exif.count)
        let isLittle = tiff.starts(with: [0x49, 0x49])
        guard isLittle || tiff.starts(with: [0x4D, 0x4D]) else { return nil }
        func number(at offset: Int, bytes count: Int) -> Int? {
            guard offset >= 0, offset + count <= tiff.count else { return nil }
            let bytes = tiff[tiff.startIndex + offset..<tiff.startIndex + offset + count]
            return isLittle
                ? bytes.reversed().reduce(0) { $0 << 8 | Int($1) } : bytes.reduce(0) { $0 << 8 | Int($1) }
        }
        guard number(at: 2, bytes: 2) == 42, let directory = number(at: 4, bytes: 4),
            let entries = number(at: directory, bytes: 2)
        else { return nil }
        for entry in 0..<entries {
            let offset = directory + 2 + 12 * entry
            guard let tag = number(at: offset, bytes: 2) else { return nil }
            if tag != 274 { continue }
            // One short integer, which stands in the entry itself.
            guard number(at: offset + 2, bytes: 2) == 3, let value = number(at: offset + 8, bytes: 2),
                (1...8).contains(value)
            else { return nil }
            return value
        }
        return nil
    }
}

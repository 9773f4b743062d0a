/// PPM and PGM files: a few numbers as text, and the samples in bytes or as text.
///
/// Source: the Netpbm formats ppm(5) and pgm(5). Samples become 8 bits: round(255 value / maximum).
enum PortableMap {
    static func isSignature(_ bytes: [UInt8]) -> Bool {
        // "P2" and "P3" in text, "P5" and "P6" in bytes, then white space or a comment.
        bytes.count >= 3 && bytes[0] == 0x50 && [0x32, 0x33, 0x35, 0x36].contains(bytes[1])
            && (isSpace(bytes[2]) || bytes[2] == 0x23)
    }

    static func decode(_ bytes: [UInt8], pixelLimit: Int) throws(Fault) -> Image {
        var scanner = Scanner(bytes: bytes, position: 2)
        let isText = bytes[1] < 0x35
        let format: Image.Format = bytes[1] == 0x33 || bytes[1] == 0x36 ? .rgb : .gray
        let (width, height) = (try scanner.number("a width"), try scanner.number("a height"))
        let maximum = try scanner.number("the largest sample")
        guard width > 0, height > 0 else { throw .damaged("the header says \(width) × \(height) pixels") }
        guard (1...65535).contains(maximum) else {
            throw .damaged("expected a largest sample of 1 to 65535, found \(maximum)")
        }
        // Both are below 2^31.
        guard width * height <= pixelLimit else {
            throw Fault(.tooLarge, "expected at most \(pixelLimit) pixels, found \(width) × \(height)")
        }
        let count = width * height * format.channels
        let bytesEach = maximum > 255 ? 2 : 1
        let start = scanner.position + 1
        // Text has a digit and a space for each sample, but for the last.
        let (needed, present) = (isText ? 2 * count - 1 : bytesEach * count, bytes.count - start)
        guard present >= needed else {
            throw .damaged(
                "expected \(width) × \(height) pixels, found \(max(present, 0)) bytes, too few for them")
        }
        let levels = (0...maximum).map {
            UInt8((Double($0) / Double(maximum) * 255).rounded(.toNearestOrEven))
        }
        var pixels = [UInt8](repeating: 0, count: count)
        for i in 0..<count {
            let value: Int
            if isText {
                value = try scanner.number("a sample")
            } else if bytesEach == 2 {
                value = Int(bytes[start + 2 * i]) << 8 | Int(bytes[start + 2 * i + 1])
            } else {
                value = Int(bytes[start + i])
            }
            guard value <= maximum else {
                throw .damaged("expected samples up to \(maximum), found \(value)")
            }
            pixels[i] = levels[value]
        }
        return Image(width: width, height: height, format: format, pixels: pixels)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private struct Scanner {
        let bytes: [UInt8]
        var position: Int

        /// A number below 2^31 after white space and comments.
        mutating func number(_ name: String) throws(Fault) -> Int {
            while position < bytes.count && (isSpace(bytes[position]) || bytes[position] == 0x23) {
                if bytes[position] == 0x23 {
                    while position < bytes.count && bytes[position] != 0x0A { position += 1 }
                } else {
                    position += 1
                }
            }
            let start = position
            var value = 0
            while position < bytes.count, (0x30...0x39).contains(bytes[position]), value < 1 << 31 {
                value = 10 * value + Int(bytes[position] - 0x30)
                position += 1
            }
            guard position > start, value < 1 << 31,
                position == bytes.count || isSpace(bytes[position]) || bytes[position] == 0x23
            else { throw .damaged("expected \(name) at byte \(start), found none") }
            return value
        }
    }
}

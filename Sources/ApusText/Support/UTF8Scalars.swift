/// Characters of text whose bytes are known to be sound UTF-8.
enum UTF8Scalars {
    /// The character that begins at a position, and how many bytes it has.
    @inline(__always)
    static func scalar(_ text: UnsafeBufferPointer<UInt8>, at position: Int) -> (
        scalar: Unicode.Scalar, width: Int
    ) {
        func more(_ offset: Int) -> UInt32 { UInt32(text[position + offset] & 0x3F) }
        let first = UInt32(text[position])
        let value: UInt32
        let width: Int
        switch first {
        case ..<0x80: (value, width) = (first, 1)
        case ..<0xE0: (value, width) = ((first & 0x1F) << 6 | more(1), 2)
        case ..<0xF0: (value, width) = ((first & 0x0F) << 12 | more(1) << 6 | more(2), 3)
        default: (value, width) = ((first & 0x07) << 18 | more(1) << 12 | more(2) << 6 | more(3), 4)
        }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", width)
    }

    /// The character that ends before a position, and how many bytes it has.
    static func scalar(
        _ text: UnsafeBufferPointer<UInt8>, before position: Int
    ) -> (scalar: Unicode.Scalar, width: Int) {
        var start = position - 1
        while text[start] & 0xC0 == 0x80 { start -= 1 }
        return scalar(text, at: start)
    }
}

/// The text of tokens as they come, one by one: what a program shows while a model writes.
///
/// A character of several tokens comes with the last of them. Bytes that are no UTF-8 become U+FFFD, as they do in
/// `String(decoding:as:)`, so that all that comes out, `finish` included, is what that makes of all bytes together.
public struct StreamingDecoder: Sendable {
    private let tokenizer: any Tokenizer
    private let skipped: Set<Int>
    private var isFirst = true
    /// The beginning of a character whose other bytes have not come.
    private var pending: [UInt8] = []

    /// Begins a text.
    ///
    /// - Parameter skippingSpecialTokens: whether special tokens are left out.
    public init(_ tokenizer: any Tokenizer, skippingSpecialTokens: Bool = true) {
        self.tokenizer = tokenizer
        skipped = skippingSpecialTokens ? Set(tokenizer.specialTokens) : []
    }

    /// Takes the next token, and returns the text that is complete with it, which may be none.
    ///
    /// - Throws: `TokenizerError` for a number that is no token; the text goes on as if it had not come.
    public mutating func decode(_ token: Int) throws(TokenizerError) -> String {
        if skipped.contains(token) { return "" }
        pending += try tokenizer.bytes(of: token, isFirst: isFirst)
        isFirst = false
        let held = Self.unfinished(pending)
        defer { pending.removeFirst(pending.count - held) }
        return String(decoding: pending.dropLast(held), as: UTF8.self)
    }

    /// Ends the text: U+FFFD for a character that was not finished, else nothing. The next token begins another text.
    public mutating func finish() -> String {
        defer {
            pending = []
            isFirst = true
        }
        return String(decoding: pending, as: UTF8.self)
    }

    /// How many bytes at the end begin a character that more bytes could finish.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for count in 1...3 where count <= bytes.count {
            let start = bytes.count - count
            let first = bytes[start]
            if first & 0xC0 == 0x80 { continue }
            let length =
                switch first {
                case 0xC2...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF4: 4
                default: 1
                }
            guard count < length else { return 0 }
            // Some second bytes can follow no such first one: those would never become a character.
            if count > 1 {
                let allowed: ClosedRange<UInt8> =
                    switch first {
                    case 0xE0: 0xA0...0xBF
                    case 0xED: 0x80...0x9F
                    case 0xF0: 0x90...0xBF
                    case 0xF4: 0x80...0x8F
                    default: 0x80...0xBF
                    }
                if !allowed.contains(bytes[start + 1]) { return 0 }
            }
            return count
        }
        return 0
    }
}

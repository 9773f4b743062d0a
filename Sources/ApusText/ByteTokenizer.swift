/// Bytes as tokens: the 256 bytes of UTF-8, and no vocabulary to learn or to read.
///
/// A text has as many tokens as bytes. As in ByT5, without its three special tokens (https://arxiv.org/abs/2105.13626).
public struct ByteTokenizer: Tokenizer {
    /// The same for everyone.
    public init() {}

    /// 256.
    public var vocabularySize: Int { 256 }
    /// None.
    public var specialTokens: [Int] { [] }
    /// None.
    public var tokensBefore: [Int] { [] }
    /// None.
    public var tokensAfter: [Int] { [] }

    /// The bytes of the text.
    public func tokens(in text: String) -> [Int] { text.utf8.map(Int.init) }

    /// The character of a byte below 128 that can be seen, as in `a`; others as in `<0x0A>`.
    public func token(_ id: Int) -> String? {
        guard let byte = UInt8(exactly: id) else { return nil }
        if (0x21...0x7E).contains(byte) { return String(UnicodeScalar(byte)) }
        return "<0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) + ">"
    }

    /// The byte that `token(_:)` writes so.
    public func id(of token: String) -> Int? { (0..<256).first { self.token($0) == token } }

    /// The byte itself.
    public func bytes(of id: Int, isFirst: Bool) throws(TokenizerError) -> [UInt8] {
        guard let byte = UInt8(exactly: id) else { throw .unknown(id, of: vocabularySize) }
        return [byte]
    }
}

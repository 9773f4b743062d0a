import ApusCore

/// What turns text into tokens, the numbers that a language model reads, and tokens into text.
///
/// Tokens count from 0. A text is encoded as `tokensBefore`, the tokens of the text itself, and `tokensAfter`: what models
/// want at both ends, such as BERT's `[CLS]` and `[SEP]`. A tokenizer is a value that never changes; many tasks may use one
/// at once.
public protocol Tokenizer: Sendable {
    /// One more than the largest token: the rows that an embedding of tokens has.
    var vocabularySize: Int { get }
    /// The tokens that stand for no text, in order: `[CLS]`, `<|endoftext|>` and the like.
    var specialTokens: [Int] { get }
    /// What `encode` puts before each text.
    var tokensBefore: [Int] { get }
    /// What `encode` puts after each text.
    var tokensAfter: [Int] { get }

    /// The tokens of a text, without what `encode` puts around them.
    ///
    /// Special tokens that are written out in the text are found.
    func tokens(in text: String) -> [Int]

    /// How a token is written in the vocabulary; nil where there is no such token.
    func token(_ id: Int) -> String?

    /// The token that is written so in the vocabulary; nil where there is none.
    func id(of token: String) -> Int?

    /// The bytes of UTF-8 that a token stands for; a character may take several tokens.
    ///
    /// - Parameter isFirst: whether nothing comes before it. Where tokens are words, all but the first begin with a space.
    /// - Throws: `TokenizerError` where there is no such token.
    func bytes(of id: Int, isFirst: Bool) throws(TokenizerError) -> [UInt8]
}

extension Tokenizer {
    /// The tokens of a text.
    ///
    /// - Parameters:
    ///   - addingSpecialTokens: whether `tokensBefore` and `tokensAfter` stand around them.
    ///   - maximumLength: the most tokens, those included: of a longer text the beginning is kept.
    public func encode(
        _ text: String, addingSpecialTokens: Bool = true, maximumLength: Int? = nil
    ) -> [Int] {
        let before = addingSpecialTokens ? tokensBefore : []
        let after = addingSpecialTokens ? tokensAfter : []
        let inner = tokens(in: text)
        guard let maximumLength else { return before + inner + after }
        guard maximumLength >= before.count + after.count else {
            fail(
                "encode",
                "expected a maximumLength of at least \(before.count + after.count), for the special tokens, "
                    + "found \(maximumLength)")
        }
        return before + inner.prefix(maximumLength - before.count - after.count) + after
    }

    /// The text of tokens.
    ///
    /// - Parameter skippingSpecialTokens: whether special tokens are left out.
    /// - Throws: `TokenizerError` for a number that is no token, and where the bytes of all tokens are no UTF-8, as those
    ///   of a text that was cut within a character. `StreamingDecoder` takes these.
    public func decode(_ tokens: [Int], skippingSpecialTokens: Bool = true) throws(TokenizerError) -> String {
        let bytes = try bytes(of: tokens, skippingSpecialTokens: skippingSpecialTokens)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .notUTF8(bytes)
        }
        return text
    }

    /// The bytes of UTF-8 that tokens stand for together.
    ///
    /// - Parameter skippingSpecialTokens: whether special tokens are left out.
    /// - Throws: `TokenizerError` for a number that is no token.
    public func bytes(
        of tokens: [Int], skippingSpecialTokens: Bool = true
    ) throws(TokenizerError) -> [UInt8] {
        let skipped = skippingSpecialTokens ? Set(specialTokens) : []
        var result: [UInt8] = []
        var isFirst = true
        for id in tokens where !skipped.contains(id) {
            result += try bytes(of: id, isFirst: isFirst)
            isFirst = false
        }
        return result
    }

    /// Whether a token is one of `specialTokens`.
    public func isSpecial(_ id: Int) -> Bool { specialTokens.contains(id) }
}

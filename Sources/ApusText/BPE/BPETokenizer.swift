import Foundation

/// Byte-level byte-pair encoding: GPT-2's tokenizer and its successors'.
///
/// Text is cut into words by a pattern. A word begins as its bytes of UTF-8, each a token; then the pair of neighbors that
/// was learned first is merged into one token, again and again, until no pair is left that was learned. Every text has
/// tokens, and they give the text back.
/// Source: https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf, of which
/// Hugging Face's `tokenizers` gives the same tokens.
public struct BPETokenizer: Tokenizer {
    let tokenSet: TokenSet
    let merges: MergeTable
    let settings: Settings
    /// The token of each byte; -1 where the vocabulary has none.
    private let bytes: [Int32]

    /// What else a file says.
    struct Settings: Sendable, Equatable {
        var pattern = WordPattern.gpt2
        /// Whether a text that begins without a space gets one, so that its first word is as any other.
        var addsPrefixSpace = false
        /// Whether text is brought into Unicode's normalization form C first.
        var composes = false
        /// Whether a word that is a token is that token, whatever the merges make of it.
        var takesWholeWords = false
        /// The token of bytes that the vocabulary does not have; they are left out where it is nil.
        var unknown: Int32?
        /// Whether neighboring unknown bytes are one token.
        var fusesUnknown = false

        /// What makes the normalized form of a text; nil where it stays as it is.
        var form: (@Sendable (String) -> String)? {
            guard composes else { return nil }
            return { $0.utf8.allSatisfy { $0 < 0x80 } ? $0 : $0.precomposedStringWithCanonicalMapping }
        }
    }

    init(_ tokenSet: TokenSet, merges: MergeTable, settings: Settings) {
        self.tokenSet = tokenSet
        self.merges = merges
        self.settings = settings
        bytes = ByteAlphabet.scalars.map { Int32(tokenSet.model.id(of: String($0)) ?? -1) }
    }

    /// One more than the largest token.
    public var vocabularySize: Int { tokenSet.size }
    /// The added tokens that stand for no text.
    public var specialTokens: [Int] { tokenSet.special }
    /// What the file puts before each text: nothing in GPT-2's.
    public var tokensBefore: [Int] { tokenSet.before }
    /// What the file puts after each text: nothing in GPT-2's.
    public var tokensAfter: [Int] { tokenSet.after }

    /// A token as vocabularies write it: a character a byte, of which Ġ is a space and Ċ a new line.
    public func token(_ id: Int) -> String? { tokenSet.name(of: id) }

    /// The token that is written so, as in `Ġthe`.
    public func id(of token: String) -> Int? { tokenSet.id(of: token) }

    /// The bytes that a token was merged of, or those of an added token as it is written.
    ///
    /// Hugging Face's decoder takes an added token for bytes, too, where all its letters could be some: it loses `Ünö`.
    public func bytes(of id: Int, isFirst: Bool) throws(TokenizerError) -> [UInt8] {
        if let content = tokenSet.content(of: id) { return Array(content.utf8) }
        guard let name = tokenSet.name(of: id) else { throw .unknown(id, of: vocabularySize) }
        return ByteAlphabet.bytes(of: name) ?? Array(name.utf8)
    }

    /// The tokens of a text.
    public func tokens(in text: String) -> [Int] {
        var cache = PieceCache()
        var merger = WordMerger(merges)
        return tokenSet.tokens(in: text, form: settings.form) { text, result in
            if settings.addsPrefixSpace && text[0] != UInt8(ascii: " ") {
                ([UInt8(ascii: " ")] + text).withUnsafeBufferPointer {
                    encode($0, to: &result, &cache, &merger)
                }
            } else {
                encode(text, to: &result, &cache, &merger)
            }
        }
    }

    private func encode(
        _ text: UnsafeBufferPointer<UInt8>, to result: inout [Int], _ cache: inout PieceCache,
        _ merger: inout WordMerger
    ) {
        var start = 0
        while start < text.count {
            let end = settings.pattern.end(in: text, from: start)
            cache.append(UnsafeBufferPointer(rebasing: text[start..<end]), to: &result) { word, result in
                encodeWord(word, to: &result, &merger)
            }
            start = end
        }
    }

    private func encodeWord(
        _ word: UnsafeBufferPointer<UInt8>, to result: inout [Int], _ merger: inout WordMerger
    ) {
        if settings.takesWholeWords, let id = tokenSet.model.id(of: ByteAlphabet.text(of: word)) {
            return result.append(id)
        }
        merger.tokens.removeAll(keepingCapacity: true)
        var wasUnknown = false
        for byte in word {
            let token = bytes[Int(byte)]
            if token >= 0 {
                merger.tokens.append(token)
            } else if let unknown = settings.unknown, !(wasUnknown && settings.fusesUnknown) {
                merger.tokens.append(unknown)
            }
            wasUnknown = token < 0
        }
        merger.merge()
        for token in merger.tokens { result.append(Int(token)) }
    }
}

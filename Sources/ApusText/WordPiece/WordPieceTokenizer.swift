/// WordPiece: BERT's tokenizer and its successors', such as those of sentence embeddings.
///
/// Text is cleaned, in small letters without accents where the vocabulary has no others, and cut at white space and
/// punctuation. Each word becomes the longest piece of the vocabulary that it begins with, then the longest that goes on
/// from there, and so on; pieces within a word are written with `##`. A word that cannot be cut so, or of over 100
/// characters, is `[UNK]`. What it encodes it does not give back as it was: case, accents and spacing are gone.
/// Source: https://arxiv.org/abs/1810.04805, of which Hugging Face's `tokenizers` gives the same tokens.
public struct WordPieceTokenizer: Tokenizer {
    private let tokenSet: TokenSet
    private let text: BERTText
    private let pieces: WordPieces
    private let decoding: Decoding

    /// How pieces become text.
    struct Decoding: Sendable {
        var continuationPrefix = "##"
        /// Whether a piece of punctuation stands without the space before it.
        var cleans = true
    }

    init(_ tokenSet: TokenSet, text: BERTText, pieces: WordPieces, decoding: Decoding) {
        self.tokenSet = tokenSet
        self.text = text
        self.pieces = pieces
        self.decoding = decoding
    }

    /// One more than the largest token.
    public var vocabularySize: Int { tokenSet.size }
    /// `[PAD]`, `[UNK]`, `[CLS]`, `[SEP]` and `[MASK]` of BERT's.
    public var specialTokens: [Int] { tokenSet.special }
    /// `[CLS]` of BERT's.
    public var tokensBefore: [Int] { tokenSet.before }
    /// `[SEP]` of BERT's.
    public var tokensAfter: [Int] { tokenSet.after }

    /// A piece as the vocabulary writes it, with `##` where it goes on within a word.
    public func token(_ id: Int) -> String? { tokenSet.name(of: id) }

    /// The piece that is written so.
    public func id(of token: String) -> Int? { tokenSet.id(of: token) }

    /// The piece, after a space where it begins a word that is not the first.
    ///
    /// Marks of the end of a sentence, commas and the endings of contractions stand without the space, unless the file
    /// says otherwise.
    public func bytes(of id: Int, isFirst: Bool) throws(TokenizerError) -> [UInt8] {
        guard let name = tokenSet.name(of: id) else { throw .unknown(id, of: vocabularySize) }
        var piece = Array(name.utf8)
        let prefix = decoding.continuationPrefix.utf8
        if !isFirst {
            if piece.starts(with: prefix) {
                piece.removeFirst(prefix.count)
            } else {
                piece.insert(0x20, at: 0)
            }
        }
        return decoding.cleans ? Self.cleaned(piece) : piece
    }

    /// The tokens of a text.
    public func tokens(in text: String) -> [Int] {
        var cache = PieceCache()
        // What is found in normalized text must see all of it; otherwise, stretches without white space suffice.
        var form: ((String) -> String)?
        if tokenSet.hasNormalized { form = { self.text.normalized($0) } }
        return tokenSet.tokens(in: text, form: form) { text, result in
            var start = 0
            while start < text.count {
                if BERTText.isSpace(text[start]) {
                    start += 1
                    continue
                }
                var end = start + 1
                while end < text.count && !BERTText.isSpace(text[end]) { end += 1 }
                cache.append(UnsafeBufferPointer(rebasing: text[start..<end]), to: &result) {
                    stretch, result in
                    self.text.words(of: stretch) { pieces.append($0, to: &result) }
                }
                start = end
            }
        }
    }

    /// What Hugging Face's decoder replaces in each piece, in its order.
    private static let replacements: [(found: [UInt8], by: [UInt8])] = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ].map { (Array($0.utf8), Array($1.utf8)) }

    private static func cleaned(_ piece: [UInt8]) -> [UInt8] {
        // Each of them begins with a space.
        guard piece.contains(0x20) else { return piece }
        var piece = piece
        for (found, other) in replacements {
            var index = 0
            while index + found.count <= piece.count {
                if piece[index..<index + found.count].elementsEqual(found) {
                    piece.replaceSubrange(index..<index + found.count, with: other)
                    index += other.count
                } else {
                    index += 1
                }
            }
        }
        return piece
    }
}

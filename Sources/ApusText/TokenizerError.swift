import ApusFormats

/// Tokens that are none, or a file that is not the tokenizer that it should be: the one error of all tokenizers.
///
/// The description is one line: the file if it is about one, what was expected and what was found.
public struct TokenizerError: Error, CustomStringConvertible, Sendable, Equatable {
    /// What a program may want to tell apart.
    public enum Kind: Sendable, Equatable {
        /// A number that is no token of the vocabulary.
        case unknownToken
        /// Tokens whose bytes are no text in UTF-8.
        case notUTF8
        /// The file could not be had or written, or is no sound JSON or text, as `FileError` tells.
        case file(FileError.Kind)
        /// It is another file: a tokenizer that is not read, or none.
        case otherKind
        /// It is such a tokenizer, but does with text what is not done here; the reason names it.
        case unsupported
        /// Its parts contradict each other or are missing: two tokens of one number, a merge of tokens that are none.
        case vocabulary
    }

    /// The file's, where it is about one.
    public let path: String?
    /// What a program may want to tell apart.
    public let kind: Kind
    /// What was expected and what was found.
    public let reason: String

    init(path: String? = nil, _ kind: Kind, _ reason: String) {
        self.path = path
        self.kind = kind
        self.reason = reason
    }

    init(_ error: FileError) { self.init(path: error.path, .file(error.kind), error.reason) }

    static func unknown(_ id: Int, of vocabularySize: Int) -> TokenizerError {
        let expected =
            (0..<vocabularySize).contains(id)
            ? "a token of the vocabulary, which has none at some numbers" : "a token below \(vocabularySize)"
        return TokenizerError(.unknownToken, "expected \(expected), found \(id)")
    }

    static func notUTF8(_ bytes: [UInt8]) -> TokenizerError {
        // What can be read of the bytes ends where they are wrong.
        var decoder = UTF8()
        var rest = bytes.makeIterator()
        var position = 0
        while case .scalarValue(let scalar) = decoder.decode(&rest) { position += UTF8.width(scalar) }
        let found = position < bytes.count ? bytes[position] : 0
        let digits = (found < 16 ? "0" : "") + String(found, radix: 16)
        return TokenizerError(
            .notUTF8,
            "expected tokens of text in UTF-8, found byte 0x\(digits) at position \(position) of \(bytes.count)"
        )
    }

    /// The path if there is one, and the reason, in one line.
    public var description: String { (path.map { "\($0): " } ?? "") + reason }
}

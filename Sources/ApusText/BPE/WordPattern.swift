/// A pattern that cuts text into words, between which no pair of bytes is merged.
///
/// Each is a regular expression, matched here by hand, which is many times as fast: a word is what it matches at the end
/// of the one before. Every character belongs to a word.
enum WordPattern: Sendable, CaseIterable {
    /// GPT-2's.
    case gpt2
    /// GPT-4's (cl100k), which Llama 3 has too.
    case cl100k
    /// The same with one digit in a word: Qwen's.
    case singleDigits
    /// The whole text as one word.
    case none

    /// The regular expression; nil of `none`.
    var expression: String? {
        switch self {
        case .gpt2: #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
        case .cl100k: Self.cl100k(digits: #"\p{N}{1,3}"#)
        case .singleDigits: Self.cl100k(digits: #"\p{N}"#)
        case .none: nil
        }
    }

    private static func cl100k(digits: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    /// The pattern of an expression; nil where it is none of these.
    init?(expression: String) {
        guard let pattern = Self.allCases.first(where: { $0.expression == expression }) else { return nil }
        self = pattern
    }

    /// Where the word ends that begins at a position.
    func end(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let words = WordScanner(text: text)
        switch self {
        case .gpt2: return words.endOfGPT2(from: start)
        case .cl100k: return words.endOfCL100K(from: start, digits: 3)
        case .singleDigits: return words.endOfCL100K(from: start, digits: 1)
        case .none: return text.count
        }
    }
}

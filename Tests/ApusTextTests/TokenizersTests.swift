import ApusFormats
import ApusText
import Testing
import _ApusTestSupport

/// What is read is said by name where it is none, and no file stops the program.
@Suite struct TokenizersTests {
    private let scratch = TemporaryFolder()

    /// The kind and the message for a file with this text.
    private func fault(_ text: String) -> (kind: TokenizerError.Kind, message: String)? {
        let path = scratch.write("tokenizer.json", Array(text.utf8))
        do {
            _ = try Tokenizers.read(path)
            return nil
        } catch {
            return (error.kind, error.description.replacing(path, with: "FILE"))
        }
    }

    private func expect(
        _ text: String, _ kind: TokenizerError.Kind, _ message: String,
        at location: SourceLocation = #_sourceLocation
    ) {
        let found = fault(text)
        #expect(found?.kind == kind, sourceLocation: location)
        #expect(found?.message == "FILE: \(message)", sourceLocation: location)
    }

    private func bytePairs(
        _ model: String = "", more: String = "", vocabulary: String = #"{"a":0,"b":1,"ab":2}"#,
        merges: String = #"["a b"]"#, preparation: String = #"{"type":"ByteLevel","add_prefix_space":false}"#
    ) -> String {
        #"{"model":{"type":"BPE","vocab":\#(vocabulary),"merges":\#(merges)\#(model)},"#
            + #""pre_tokenizer":\#(preparation)\#(more)}"#
    }

    private func wordPiece(
        normalizer: String = #"{"type":"BertNormalizer"}"#, more: String = "",
        vocabulary: String = #"{"[UNK]":0,"a":1}"#
    ) -> String {
        #"{"model":{"type":"WordPiece","unk_token":"[UNK]","vocab":\#(vocabulary)},"normalizer":\#(normalizer),"#
            + #""pre_tokenizer":{"type":"BertPreTokenizer"}\#(more)}"#
    }

    @Test func bothKindsAreRead() throws {
        #expect(fault(bytePairs()) == nil && fault(wordPiece()) == nil)
        #expect(try Tokenizers.read(TokenizerFixture.path("bpe.json")) is BPETokenizer)
        #expect(try Tokenizers.read(TokenizerFixture.path("wordpiece.json")) is WordPieceTokenizer)
        let wrong = #expect(throws: TokenizerError.self) {
            try BPETokenizer.read(TokenizerFixture.path("wordpiece.json"))
        }
        #expect(wrong?.kind == .otherKind)
        #expect(wrong?.reason == "expected a tokenizer with the model BPE, found WordPiece")
        #expect(throws: TokenizerError.self) {
            try WordPieceTokenizer.read(TokenizerFixture.path("bpe.json"))
        }
    }

    @Test func otherFilesAreNamed() {
        for model in ["Unigram", "WordLevel"] {
            expect(
                #"{"model":{"type":"\#(model)","vocab":[]}}"#, .otherKind,
                #"expected a tokenizer with the model BPE or WordPiece, found "\#(model)""#)
        }
        expect("[1, 2]", .otherKind, "expected a tokenizer.json, found an array of 2")
        expect(#"{"a": 1}"#, .otherKind, "expected a tokenizer.json with a model, found none")
        expect(
            #"{"model": {}}"#, .otherKind,
            #"expected a tokenizer with the model BPE or WordPiece, found "no type""#)
        expect(#"{"a": tru}"#, .file(.damaged), "file byte 6: expected a JSON value, found 't'")
        expect("", .file(.damaged), "file byte 0: expected a JSON value, found the end of the file")
        expect(
            #"{"a": 1} x"#, .file(.damaged), "file byte 9: expected the end of the file, found 'x'")
        let path = "\(scratch.path)/none"
        let error = #expect(throws: TokenizerError.self) { try Tokenizers.read(path) }
        #expect(error?.kind == .file(.missing) && error?.description == "\(path): no such file")
    }

    @Test func stepsThatAreNotDoneAreNamed() {
        expect(
            bytePairs(more: #","normalizer":{"type":"Lowercase"}"#), .unsupported,
            #"normalizer: expected NFC or none, found "Lowercase""#)
        expect(
            bytePairs(
                more: #","normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"NFKC"}]}"#),
            .unsupported, #"normalizer.normalizers[1]: expected NFC or none, found "NFKC""#)
        expect(
            bytePairs(preparation: #"{"type":"Metaspace"}"#), .unsupported,
            #"pre_tokenizer: expected ByteLevel, or Split and ByteLevel, found "Metaspace""#)
        expect(
            bytePairs(preparation: "null"), .unsupported, "expected a pre_tokenizer ByteLevel, found none")
        expect(
            bytePairs(
                preparation: #"{"type":"Sequence","pretokenizers":[{"type":"Digits"},{"type":"ByteLevel"}]}"#),
            .unsupported, "pre_tokenizer: expected ByteLevel, or Split and ByteLevel, found Digits, ByteLevel"
        )
        func split(_ pattern: String, _ behavior: String = "Isolated") -> String {
            #"{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":\#(pattern),"behavior":"\#(behavior)"},"#
                + #"{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}"#
        }
        expect(
            bytePairs(preparation: split(#"{"Regex":"\\d"}"#)), .unsupported,
            #"pre_tokenizer.pretokenizers[0].pattern.Regex: expected the pattern of GPT-2, GPT-4, Llama 3 or "#
                + #"Qwen 2, found "\\d""#)
        expect(
            bytePairs(preparation: split(#"{"Regex":"\\d"}"#, "Removed")), .unsupported,
            "pre_tokenizer.pretokenizers[0]: expected Isolated and not inverted, found Removed")
        expect(
            bytePairs(#","byte_fallback":true"#), .unsupported,
            "model: expected no byte_fallback, as byte-level tokenizers have it, found it")
        expect(
            bytePairs(#","dropout":0.1"#), .unsupported, "model.dropout: expected no dropout, found 0.1")
        expect(
            bytePairs(#","end_of_word_suffix":"</w>""#), .unsupported,
            #"model.end_of_word_suffix: expected none, as byte-level tokenizers have it, found "</w>""#)
        expect(
            bytePairs(more: #","decoder":{"type":"BPEDecoder"}"#), .unsupported,
            #"decoder: expected ByteLevel, found "BPEDecoder""#)
        expect(
            bytePairs(more: #","post_processor":{"type":"Magic"}"#), .unsupported,
            "post_processor: expected ByteLevel, BertProcessing, RobertaProcessing, TemplateProcessing or a "
                + #"Sequence of them, found "Magic""#)
        expect(
            wordPiece(normalizer: #"{"type":"NFD"}"#), .unsupported,
            #"normalizer: expected BertNormalizer, found "NFD""#)
        expect(
            wordPiece(normalizer: "null"), .unsupported, "expected a normalizer BertNormalizer, found none")
    }

    @Test func contradictionsAreNamed() {
        expect(
            bytePairs(vocabulary: #"{"a":0,"b":0}"#), .vocabulary,
            #"model.vocab: expected one token of number 0, found "a" and "b""#)
        expect(
            bytePairs(vocabulary: #"{"a":0,"a":1}"#), .vocabulary,
            #"model.vocab: expected every token once, found "a" as 0 and as 1"#)
        expect(
            bytePairs(vocabulary: #"{"a":-1}"#), .vocabulary,
            "model.vocab: expected numbers of tokens from 0 to 16777215, found -1")
        expect(
            bytePairs(vocabulary: #"{"a":"x"}"#), .vocabulary,
            #"model.vocab: expected a number of token "a", found "x""#)
        expect(
            bytePairs(merges: #"["a c"]"#), .vocabulary,
            #"model.merges: merge 0: expected tokens of the vocabulary, found "c""#)
        expect(
            bytePairs(merges: #"[["a","b"],["b","a"]]"#), .vocabulary,
            #"model.merges: merge 1: expected tokens of the vocabulary, found "ba""#)
        expect(
            bytePairs(merges: #"["a b c"]"#), .vocabulary,
            #"model.merges: merge 0: expected two tokens, found "a b c""#)
        expect(
            bytePairs(#","unk_token":"u""#), .vocabulary,
            #"model.unk_token: expected a token of the vocabulary, found "u""#)
        expect(
            bytePairs(more: #","added_tokens":[{"id":5,"content":"a"}]"#), .vocabulary,
            #"expected the added token "a" to be token 0 as in the vocabulary, found 5"#)
        expect(
            bytePairs(more: #","added_tokens":[{"id":1,"content":"x"}]"#), .vocabulary,
            #"expected token 1 to be "b" as in the vocabulary, found "x" added"#)
        expect(
            bytePairs(more: #","added_tokens":[{"id":7,"content":"x"},{"id":7,"content":"y"}]"#), .vocabulary,
            #"expected one added token of number 7, found "x" and "y""#)
        expect(
            wordPiece(more: #","post_processor":{"type":"BertProcessing","sep":["a",1],"cls":["c",9]}"#),
            .vocabulary, "expected tokens of the vocabulary around texts, found 9")
        expect(
            wordPiece(vocabulary: #"{"a":0}"#), .vocabulary,
            #"model: expected the unk_token "[UNK]" in the vocabulary, found none"#)
        expect(
            #"{"model":{"type":"BPE"}}"#, .vocabulary, #"model: expected a member "vocab", found none"#)
    }

    /// Characters that Unicode holds equal are different tokens.
    @Test func tokensAreComparedAsBytes() throws {
        let text = wordPiece(
            normalizer: #"{"type":"BertNormalizer","strip_accents":false,"lowercase":false}"#,
            vocabulary: "{\"[UNK]\":0,\"\u{E9}\":1,\"e\u{301}\":2}")
        let tokenizer = try Tokenizers.read(scratch.write("tokenizer.json", Array(text.utf8)))
        #expect(tokenizer.encode("\u{E9} e\u{301}") == [1, 2])
        #expect(tokenizer.id(of: "e\u{301}") == 2 && tokenizer.id(of: "\u{E9}") == 1)
    }

    @Test(arguments: ["bpe", "bpe-llama", "wordpiece-cased"])
    func damagedFilesStopNothing(_ name: String) throws {
        let text = try TextFile.read(TokenizerFixture.path("\(name).json"), limit: 1 << 20)
        let sound = Array(text.utf8)
        var random = SystemRandomNumberGenerator()
        var read = 0
        for _ in 0..<400 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[position] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: position)
                case 2: bytes.insert(contentsOf: Array("0,\"]}".utf8).shuffled().prefix(1), at: position)
                // Numbers change, and with them ids.
                default:
                    let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
                    if let digit = digits.randomElement(using: &random) { bytes[digit] = 57 }
                }
            }
            let path = scratch.write("tokenizer.json", bytes)
            do {
                let tokenizer = try Tokenizers.read(path)
                let ids = tokenizer.encode("The cat's <word> é <s> sits[MASK] 123.\n")
                #expect(ids.allSatisfy { (0..<tokenizer.vocabularySize).contains($0) })
                _ = try tokenizer.bytes(of: ids)
                read += 1
            } catch {
                #expect(!error.description.contains("\n"))
            }
        }
        #expect(read > 0 && read < 400)
    }
}

import ApusFormats
import ApusText
import Testing
import _ApusTestSupport

/// Tokens and texts are those of Hugging Face's tokenizers.
@Suite struct TokenizerFixtureTests {
    private func check(_ tokenizer: any Tokenizer, as name: String) throws {
        let fixture = try TokenizerFixture()
        let expected = try fixture.results(of: name)
        #expect(fixture.texts.count > 100)
        for (index, text) in fixture.texts.enumerated() {
            let ids = tokenizer.encode(text)
            #expect(ids == expected.ids[index], "\(name): \(text.debugDescription)")
            let decoded = try tokenizer.decode(expected.ids[index])
            let comment = "\(name): \(decoded.debugDescription) of \(text.debugDescription)"
            #expect(sameBytes(decoded, expected.decoded[index]), "\(comment)")
            let complete = try tokenizer.decode(expected.ids[index], skippingSpecialTokens: false)
            #expect(sameBytes(complete, expected.complete[index]), "\(comment)")
        }
    }

    @Test(arguments: ["bpe", "bpe-prefixed", "bpe-llama", "wordpiece", "wordpiece-cased"])
    func tokensAndTexts(_ name: String) throws {
        try check(Tokenizers.read(TokenizerFixture.path("\(name).json")), as: name)
    }

    @Test func aVocabularyOfLinesIsTheSame() throws {
        try check(WordPieceTokenizer.readVocabulary(TokenizerFixture.path("vocab.txt")), as: "wordpiece")
    }

    @Test(arguments: ["bpe", "bpe-prefixed", "bpe-llama"])
    func whatIsWrittenIsTheSame(_ name: String) throws {
        let scratch = TemporaryFolder()
        let path = scratch.path + "/tokenizer.json"
        try BPETokenizer.read(TokenizerFixture.path("\(name).json")).write(to: path)
        try check(BPETokenizer.read(path), as: name)
    }
}

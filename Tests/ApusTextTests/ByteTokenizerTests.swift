import ApusText
import Testing

@Suite struct ByteTokenizerTests {
    private let tokenizer = ByteTokenizer()

    @Test func tokensAreBytes() throws {
        #expect(tokenizer.encode("aé\n") == [0x61, 0xC3, 0xA9, 0x0A])
        #expect(tokenizer.encode("") == [])
        #expect(try tokenizer.decode([]) == "")
        #expect(tokenizer.vocabularySize == 256)
        #expect(tokenizer.specialTokens == [] && tokenizer.tokensBefore == [] && tokenizer.tokensAfter == [])
        for text in try TokenizerFixture().texts {
            #expect(sameBytes(try tokenizer.decode(tokenizer.encode(text)), text))
        }
    }

    @Test func tokensHaveNames() {
        #expect(tokenizer.token(0x61) == "a" && tokenizer.token(0x0A) == "<0x0A>")
        #expect(tokenizer.token(0x20) == "<0x20>" && tokenizer.token(0xFF) == "<0xFF>")
        #expect(tokenizer.token(256) == nil && tokenizer.token(-1) == nil)
        for id in 0..<256 { #expect(tokenizer.token(id).flatMap(tokenizer.id(of:)) == id) }
    }

    @Test(
        arguments: [
            ([0x61, 0xC3], "c3", 1), ([0xFF], "ff", 0), ([0x61, 0x62, 0xED, 0xA0, 0x80], "ed", 2),
            ([0xC0, 0x80], "c0", 0), ([0xE4, 0xBB, 0x8A, 0x0A, 0x8A, 0x61], "8a", 4),
        ] as [([Int], String, Int)])
    func bytesThatAreNoTextAreRefused(_ tokens: [Int], _ byte: String, _ position: Int) {
        let error = #expect(throws: TokenizerError.self) { try tokenizer.decode(tokens) }
        #expect(error?.kind == .notUTF8)
        #expect(
            error?.description
                == "expected tokens of text in UTF-8, found byte 0x\(byte) at position \(position) of \(tokens.count)"
        )
    }
}

import ApusText
import Testing

/// `StreamingDecoder`, of which each tokenizer's tokens take some.
@Suite struct TokenizerStreamingTests {
    @Test func charactersComeWhole() throws {
        var decoder = StreamingDecoder(ByteTokenizer())
        var parts: [String] = []
        for token in ByteTokenizer().encode("aé今👍") { parts.append(try decoder.decode(token)) }
        #expect(parts == ["a", "", "é", "", "", "今", "", "", "", "👍"])
        #expect(decoder.finish() == "")
    }

    @Test func whatIsNoTextIsReplaced() throws {
        var decoder = StreamingDecoder(ByteTokenizer())
        var parts: [String] = []
        // A beginning that nothing can finish comes out with the byte that shows it.
        for token in [0xC3, 0x61, 0xFF, 0xE0, 0x80, 0xF0, 0x9F, 0x91] {
            parts.append(try decoder.decode(token))
        }
        #expect(
            parts == ["", "\u{FFFD}a", "\u{FFFD}", "", "\u{FFFD}\u{FFFD}", "", "", ""])
        #expect(decoder.finish() == "\u{FFFD}")
        #expect(decoder.finish() == "")
        #expect(try decoder.decode(0x62) == "b")
    }

    @Test func allBytesTogetherMakeTheSame() throws {
        var random = SystemRandomNumberGenerator()
        // Bytes that often meet in ways that are just right or just wrong.
        let likely: [UInt8] = [
            0x61, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xDF, 0xE0, 0xE4, 0xED, 0xEF, 0xF0, 0xF1, 0xF4,
            0xF5,
            0xC1,
        ]
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                likely.randomElement(using: &random) ?? 0
            }
            var decoder = StreamingDecoder(ByteTokenizer())
            var text = ""
            for byte in bytes {
                let part = try decoder.decode(Int(byte))
                text.unicodeScalars.append(contentsOf: part.unicodeScalars)
            }
            text.unicodeScalars.append(contentsOf: decoder.finish().unicodeScalars)
            #expect(sameBytes(text, String(decoding: bytes, as: UTF8.self)), "\(bytes)")
        }
    }

    @Test(arguments: ["bpe", "bpe-llama", "wordpiece"])
    func otherTokenizersStream(_ name: String) throws {
        let tokenizer = try Tokenizers.read(TokenizerFixture.path("\(name).json"))
        for text in try TokenizerFixture().texts {
            for skips in [true, false] {
                let tokens = tokenizer.encode(text)
                var decoder = StreamingDecoder(tokenizer, skippingSpecialTokens: skips)
                var result = ""
                for token in tokens {
                    result.unicodeScalars.append(contentsOf: try decoder.decode(token).unicodeScalars)
                }
                result.unicodeScalars.append(contentsOf: decoder.finish().unicodeScalars)
                let whole = try tokenizer.decode(tokens, skippingSpecialTokens: skips)
                #expect(sameBytes(result, whole), "\(text.debugDescription)")
            }
        }
    }

    @Test func unknownTokensLeaveTheTextAsItIs() throws {
        var decoder = StreamingDecoder(ByteTokenizer())
        #expect(try decoder.decode(0xC3) == "")
        #expect(throws: TokenizerError.self) { try decoder.decode(256) }
        #expect(try decoder.decode(0xA9) == "é")
    }
}

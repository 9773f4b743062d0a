import Testing

@testable import ApusText

@Suite struct TokenizerPatternTests {
    private func words(_ text: String, _ pattern: WordPattern) -> [String] {
        var text = text
        return text.withUTF8 { bytes in
            var words: [String] = []
            var start = 0
            while start < bytes.count {
                let end = pattern.end(in: bytes, from: start)
                words.append(String(decoding: bytes[start..<end], as: UTF8.self))
                start = end
            }
            return words
        }
    }

    @Test(arguments: [WordPattern.gpt2, .cl100k, .singleDigits])
    func wordsAreThoseOfTheExpression(_ pattern: WordPattern) throws {
        let fixture = try TokenizerFixture()
        for (text, expected) in zip(fixture.texts, try fixture.words(pattern)) {
            let found = words(text, pattern)
            #expect(found.elementsEqual(expected, by: sameBytes), "\(pattern): \(text.debugDescription)")
        }
    }

    @Test func allTextIsInWords() throws {
        // All neighbors of some characters of each kind.
        let alphabet = [
            "a", "é", "今", "1", "½", " ", "\n", "\r", "\t", "\u{3000}", "!", "'", "s", "l", "\u{301}", "😀",
        ]
        for pattern in WordPattern.allCases {
            for first in alphabet {
                for second in alphabet {
                    for third in alphabet {
                        let text = first + second + third
                        #expect(sameBytes(words(text, pattern).joined(), text))
                    }
                }
            }
        }
        #expect(words("a b\n", .none) == ["a b\n"])
    }

    @Test func patternsAreKnownByTheirExpressions() {
        for pattern in WordPattern.allCases {
            guard let expression = pattern.expression else { continue }
            #expect(WordPattern(expression: expression) == pattern)
        }
        #expect(WordPattern(expression: #"\s+"#) == nil)
    }
}

import ApusFormats
import Testing
import _ApusTestSupport

@testable import ApusText

@Suite struct BPETokenizerTests {
    @Test func textsComeBack() throws {
        let tokenizer = try BPETokenizer.read(TokenizerFixture.path("bpe.json"))
        for text in try TokenizerFixture().texts {
            let back = try tokenizer.decode(tokenizer.encode(text), skippingSpecialTokens: false)
            #expect(sameBytes(back, text))
        }
    }

    @Test func bytesHaveGPT2sCharacters() {
        #expect(ByteAlphabet.text(of: " a\né".utf8) == "ĠaĊÃ©")
        #expect(ByteAlphabet.text(of: [0, 0x7F, 0xA0, 0xAD, 0xFF]) == "ĀġłŃÿ")
        #expect(ByteAlphabet.bytes(of: "ĠaĊÃ©") == Array(" a\né".utf8))
        #expect(ByteAlphabet.bytes(of: "a b") == nil && ByteAlphabet.bytes(of: "今") == nil)
        #expect(Set(ByteAlphabet.scalars).count == 256)
    }

    /// The same merges by looking at all pairs, as the definition says.
    private func reference(_ word: [Int32], _ merges: MergeTable) -> [Int32] {
        var word = word
        while true {
            let ranks = zip(word, word.dropFirst()).map { merges[$0, $1].rank }
            guard let least = ranks.min(), least != .max, let index = ranks.firstIndex(of: least) else {
                return word
            }
            word.replaceSubrange(index...index + 1, with: [merges[word[index], word[index + 1]].result])
        }
    }

    @Test func longAndShortWordsMergeAlike() {
        // Tokens 0 and 1; every third pair of what there is can be merged.
        var list: [(left: Int32, right: Int32, result: Int32)] = []
        var next: Int32 = 2
        for sum in 0..<14 as Range<Int32> {
            for left in 0...sum where (left * 7 + sum) % 3 == 0 && left < next && sum - left < next {
                list.append((left, sum - left, next))
                next += 1
            }
        }
        #expect(list.count > 10)
        let merges = MergeTable(list)
        var random = SystemRandomNumberGenerator()
        for length in [0, 1, 2, 3, 10, 47, 48, 49, 50, 200, 1000] {
            for _ in 0..<20 {
                let word = (0..<length).map { _ in Int32.random(in: 0...1, using: &random) }
                var merger = WordMerger(merges)
                merger.tokens = word
                merger.merge()
                #expect(merger.tokens == reference(word, merges), "\(word)")
            }
        }
    }

    @Test func aLaterMergeOfAPairCounts() {
        let merges = MergeTable([(0, 1, 2), (3, 4, 5), (0, 1, 6)])
        #expect(merges[0, 1].rank == 2 && merges[0, 1].result == 6)
        #expect(merges[1, 0].rank == .max)
        #expect(merges.ordered.map(\.result) == [5, 6])
    }

    @Test func aWordOfAMillionBytesTakesNoAge() throws {
        let tokenizer = try BPETokenizer.read(TokenizerFixture.path("bpe.json"))
        let text = String(repeating: "thereinthelayer", count: 70_000)
        let start = ContinuousClock.now
        #expect(tokenizer.encode(text).count > 100_000)
        // Were it a matter of all pairs, it would be minutes.
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    /// Hugging Face's decoder takes the letters for bytes here, and gives back other ones.
    @Test func addedTokensOfLatinLettersAreText() throws {
        let scratch = TemporaryFolder()
        let path = scratch.path + "/tokenizer.json"
        let text = try TextFile.read(TokenizerFixture.path("bpe.json"), limit: 1 << 20)
        let size = try BPETokenizer.read(TokenizerFixture.path("bpe.json")).vocabularySize
        let entry = #""added_tokens":[{"id":\#(size),"content":"Üb","special":false},"#
        try AtomicFile.write(text.replacing(#""added_tokens":["#, with: entry), to: path)
        let tokenizer = try BPETokenizer.read(path)
        #expect(tokenizer.encode("Üb").count == 1 && tokenizer.vocabularySize == size + 1)
        #expect(try tokenizer.decode(tokenizer.encode("dÜber")) == "dÜber")
    }
}

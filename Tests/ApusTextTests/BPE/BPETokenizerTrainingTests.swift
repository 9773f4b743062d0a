import ApusFormats
import Testing
import _ApusTestSupport

@testable import ApusText

@Suite struct BPETokenizerTrainingTests {
    @Test func theFileIsHuggingFaces() throws {
        let scratch = TemporaryFolder()
        let path = scratch.path + "/tokenizer.json"
        let tokenizer = BPETokenizer.trained(
            on: try TokenizerFixture.corpus(), vocabularySize: 700, specialTokens: ["<|endoftext|>", "<pad>"])
        try tokenizer.write(to: path)
        let written = try TextFile.read(path, limit: 1 << 20)
        #expect(sameBytes(written, try TextFile.read(TokenizerFixture.path("bpe.json"), limit: 1 << 20)))
    }

    @Test func mergesComeByCountAndThenByNumber() {
        // "lo" and "ow" come five times, and l has the smaller number; so have e and r of those that come twice.
        let tokenizer = BPETokenizer.trained(on: ["low low low lower lower new new"], vocabularySize: 260)
        #expect((256..<260).map(tokenizer.token) == ["lo", "low", "Ġlow", "er"])
        #expect(tokenizer.encode("low lower").map(tokenizer.token) == ["low", "Ġlow", "er"])
        #expect(tokenizer.specialTokens == [] && tokenizer.vocabularySize == 260)
    }

    @Test func trainingEndsWhereTextsDo() throws {
        let empty = BPETokenizer.trained(on: [], vocabularySize: 1000, specialTokens: ["<s>", "<s>", "a"])
        // The letter a is there already, as a special token.
        #expect(empty.vocabularySize == 257 && empty.specialTokens == [0, 1])
        #expect(try empty.decode(empty.encode("今 b")) == "今 b")
        let few = BPETokenizer.trained(on: ["aaaa"], vocabularySize: 1000)
        #expect((256..<few.vocabularySize).map(few.token) == ["aa", "aaaa"])
        let rare = BPETokenizer.trained(on: ["ab ab cd"], vocabularySize: 1000, minimumCount: 2)
        #expect((256..<rare.vocabularySize).map(rare.token) == ["ab"])
        let small = BPETokenizer.trained(on: ["abab"], vocabularySize: 1, specialTokens: ["<s>"])
        #expect(small.vocabularySize == 257)
    }

    @Test func orderDoesNotMatter() throws {
        let corpus = try TokenizerFixture.corpus()
        let scratch = TemporaryFolder()
        var files: [String] = []
        for texts in [corpus, corpus.reversed(), corpus.shuffled()] {
            let path = scratch.path + "/\(files.count)"
            try BPETokenizer.trained(on: texts, vocabularySize: 1500, addingPrefixSpace: true).write(to: path)
            files.append(try TextFile.read(path, limit: 1 << 20))
        }
        #expect(sameBytes(files[0], files[1]) && sameBytes(files[0], files[2]))
        let read = try BPETokenizer.read(scratch.path + "/0")
        #expect(read.settings.addsPrefixSpace)
        #expect(try read.decode(read.encode("the")) == " the")
    }

    @Test func filesThatCannotBeWrittenAreNamed() {
        let tokenizer = BPETokenizer.trained(on: ["a"], vocabularySize: 256)
        let error = #expect(throws: TokenizerError.self) {
            try tokenizer.write(to: "/dev/null/tokenizer.json")
        }
        #expect(error?.description == "/dev/null/tokenizer.json: cannot write: Not a directory")
    }
}

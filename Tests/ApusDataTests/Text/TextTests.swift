import ApusData
import ApusFormats
import Testing
import _ApusTestSupport

@Suite struct TextTests {
    let scratch = TemporaryFolder()

    @Test func linesAreSamples() throws {
        let path = scratch.write("a.txt", Array("first\r\n\nthird ü\n".utf8))
        let lines = try TextLines(path)
        #expect(lines.lines == ["first", "", "third ü"] && lines.count == 3)
        #expect(try TextLines(scratch.write("b.txt", Array("x\ny".utf8))).lines == ["x", "y"])
        #expect(try TextLines(scratch.write("c.txt", [])).lines == [])
        for batch in DataLoader(lines, batchSize: 3, sampler: .sequential).epoch(0) {
            #expect(batch == lines.lines)
        }
        #expect(throws: FileError.self) { try TextLines(scratch.write("d.txt", [0xC3, 0x28])) }
        #expect(throws: FileError.self) { try TextLines(path, limit: 4) }
    }

    @Test func wordsHaveNumbersByTheirFrequency() {
        let words = Vocabulary.words(in: "The cat saw the dog; the dog's 'cat' didn't — see: don’t 7 times!")
        #expect(
            words == [
                "the", "cat", "saw", "the", "dog", "the", "dog's", "cat", "didn't", "see", "don’t", "7",
                "times",
            ])
        let vocabulary = Vocabulary(of: words, minimumCount: 2)
        #expect(vocabulary.words == ["<unk>", "the", "cat"] && vocabulary.counts == [8, 3, 2])
        #expect(vocabulary.encode(["cat", "cow", "the"]) == [2, 0, 1])
        #expect(vocabulary.decode([1, 0, 2]) == ["the", "<unk>", "cat"])
        let closed = Vocabulary(of: ["b", "a", "c", "c"], unknown: nil)
        #expect(closed.words == ["c", "a", "b"] && closed.counts == [2, 1, 1])
        #expect(closed.encode(["a", "x", "c"]) == [1, 0] && closed.number(of: "x") == nil)
        #expect(Vocabulary.bytes(of: "aü") == [97, 195, 188])
    }
}

import ApusFormats
import Testing
import _ApusTestSupport

@Suite struct CSVTests {
    let scratch = TemporaryFolder()

    private func read(_ text: String, delimiter: Character = ",", hasHeader: Bool = true) throws(FileError)
        -> CSVTable
    {
        try CSV.read(
            scratch.write("table.csv", Array(text.utf8)), delimiter: delimiter, hasHeader: hasHeader)
    }

    private func reason(_ text: String) -> String {
        do {
            _ = try read(text)
            return "none"
        } catch {
            return error.reason
        }
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func quotesHoldWhatEndsFields(end: String) throws {
        let lines = [
            "name,\"size, in cm\",note", "\"a \"\"b\"\"\",1.5,\"two\nlines\"", "c,-2e3,", "", "d,7,x",
        ]
        for last in ["", end] {
            let table = try read("\u{FEFF}" + lines.joined(separator: end) + last)
            #expect(table.columns == ["name", "size, in cm", "note"])
            #expect(try table.strings("name") == ["a \"b\"", "c", "d"])
            #expect(try table.numbers("size, in cm") == [1.5, -2000, 7])
            #expect(try table.strings("note") == ["two\nlines", "", "x"])
        }
    }

    @Test func lastFieldsMayBeEmptyWithoutALineEnd() throws {
        #expect(try read("a,b\n1,").strings("b") == [""])
        #expect(try read("a,b\n1,\n2,").rows == [["1", ""], ["2", ""]])
    }

    @Test func columnsWithoutNamesAreNumbered() throws {
        let table = try read("1\tx\n2\ty\n", delimiter: "\t", hasHeader: false)
        #expect(table.columns == ["0", "1"] && table.rows.count == 2)
        #expect(try table.numbers("0") == [1, 2] && table.strings("1") == ["x", "y"])
    }

    @Test func categoriesHaveNumbers() throws {
        let table = try read("kind\nb\na\nb\n")
        let own = try table.categories("kind")
        #expect(own.numbers == [1, 0, 1] && own.categories == ["a", "b"])
        #expect(try table.categories("kind", known: ["c", "b", "a"]).numbers == [1, 2, 1])
        let error = #expect(throws: FileError.self) { try table.categories("kind", known: ["b"]) }
        #expect(error?.reason == "expected one of b in row 3, column 'kind', found 'a'")
    }

    @Test func errorsNameRowAndColumn() throws {
        let table = try read("a,b\n1,2\n\n3,four\n")
        let error = #expect(throws: FileError.self) { try table.numbers("b") }
        #expect(
            error?.description
                == "\(scratch.path)/table.csv: expected a number in row 4, column 'b', found 'four'")
        let missing = #expect(throws: FileError.self) { try table.numbers("c") }
        #expect(missing?.reason == "expected a column 'c', found a, b")
        #expect(reason("a,b\n1\n") == "expected 2 fields in row 2, found 1")
        #expect(reason("a,b\n1,2\n1,2,3\n") == "expected 2 fields in row 3, found 3")
        #expect(reason("a,a\n") == "expected columns of different names, found two called 'a'")
        #expect(reason("a,b\n1,\"2\n").hasPrefix("expected the closing quote of a field"))
        #expect(reason("a,b\n1,2\n\"x\"y,3\n").hasSuffix("found others in row 3"))
        #expect(reason("").hasPrefix("expected a row at least"))
        let path = scratch.write("bytes.csv", [0x61, 0x0A, 0xFF, 0x0A])
        #expect(throws: FileError.self) { try CSV.read(path) }
        let large = #expect(throws: FileError.self) { try CSV.read(path, limit: 3) }
        #expect(large?.kind == .tooLarge)
        #expect(#expect(throws: FileError.self) { try CSV.read("/nowhere") }?.kind == .missing)
    }
}

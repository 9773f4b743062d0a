import ApusFormats
import Testing
import _ApusTestSupport

@Suite struct JSONValueTests {
    private let scratch = TemporaryFolder()

    private func read(_ text: String) throws -> JSONValue {
        try JSONValue.read(scratch.write("file.json", Array(text.utf8)))
    }

    private func reason(_ text: String) -> String? {
        do {
            _ = try JSONValue.read(scratch.write("file.json", Array(text.utf8)))
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func membersKeepTheirOrderAndTheirBytes() throws {
        let value = try read(
            "{\"b\": 1, \"e\u{301}\": 2, \"\u{E9}\": 3, \"b\": [4, {}], \"\\u00e9x\\ud83d\\ude00\": null}")
        guard case .object(let members) = value else {
            Issue.record("no object")
            return
        }
        let keys = ["b", "e\u{301}", "\u{E9}", "b", "\u{E9}x😀"]
        #expect(members.map(\.key).elementsEqual(keys) { $0.utf8.elementsEqual($1.utf8) })
        #expect(value["b"]?.text == "1" && value["c"] == nil)
    }

    @Test func valuesAreReadAndWritten() throws {
        let text =
            #"[null,true,false,0,-12,9223372036854775807,0.5,-1e+30,"","a\"\\\n\r\t\u0001é今",[],{},{"a":[1,"b"]}]"#
        #expect(try read(text).text == text)
        #expect(try read(" \n[ 1 , 2.0 ]\t").text == "[1,2.0]")
        #expect(try read("\u{FEFF}{}").kind == "an object")
        // Beyond integers there are numbers.
        #expect(try read("9223372036854775808").text == "9.223372036854776e+18")
    }

    @Test func whatIsDamagedIsSaid() {
        #expect(reason("[1,]") == "file byte 3: expected a JSON value, found ']'")
        #expect(reason("[1 2]") == "file byte 3: expected ',' or ']', found '2'")
        #expect(reason(#"{"a" 1}"#) == "file byte 5: expected ':', found '1'")
        #expect(reason("[1") == "file byte 2: expected ',' or ']', found the end of the file")
        #expect(reason("\"a") == "file byte 2: expected the end of the string, found the end of the file")
        #expect(reason(#""\ud800""#) == "file byte 1: expected a pair of surrogates, found half of one")
        #expect(reason("nul") == "file byte 0: expected a JSON value, found 'n'")
        #expect(reason("01") == "file byte 1: expected no digit after a leading zero, found '1'")
        let deep = String(repeating: "[", count: 100_000)
        #expect(reason(deep) == "file byte 128: expected at most 128 nested values, found more")
        #expect(reason(String(repeating: "[", count: 128) + String(repeating: "]", count: 128)) == nil)
    }
}

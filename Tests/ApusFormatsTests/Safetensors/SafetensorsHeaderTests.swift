import ApusCore
import ApusFormats
import Testing

@Suite struct SafetensorsHeaderTests {
    private func header(_ json: String, data: Int) throws -> SafetensorsHeader {
        try safetensors(json, data: data).withUnsafeBytes { try SafetensorsHeader($0, file: "f") }
    }

    private func message(_ bytes: [UInt8]) -> String? {
        bytes.withUnsafeBytes { bytes in
            ApusFormatsTests.message { _ = try SafetensorsHeader(bytes, file: "f") }
        }
    }

    @Test func readsTensorsAndMetadata() throws {
        let found = try header(
            #"{"__metadata__":{"format":"pt","k\n":"\u00e9\ud83d\ude00\/"},"#
                + #" "b": {"shape":[],"data_offsets":[24,28],"dtype":"F32","note":{"x":[1,-2.5e+3,null,true,"s"]}} ,"#
                + #""a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
                + #""e":{"dtype":"I64","shape":[0,5],"data_offsets":[24,24]}}"# + "  \n",
            data: 28)
        #expect(found.metadata == ["format": "pt", "k\n": "é😀/"])
        #expect(
            found.entries == [
                .init(name: "a", dtype: .float32, shape: [2, 3], bytes: 0..<24),
                .init(name: "e", dtype: .int64, shape: [0, 5], bytes: 24..<24),
                .init(name: "b", dtype: .float32, shape: [], bytes: 24..<28),
            ])
    }

    @Test func everyDTypeHasItsName() throws {
        let names = ["BOOL", "U8", "I32", "I64", "F16", "BF16", "F32", "F64", "C64"]
        for (dtype, name) in zip(DType.allCases, names) {
            let found = try header(
                #"{"a":{"dtype":"\#(name)","shape":[3],"data_offsets":[0,\#(3 * dtype.size)]}}"#,
                data: 3 * dtype.size)
            #expect(found.entries.first?.dtype == dtype)
        }
    }

    @Test func anEmptyFileHasNoTensors() throws {
        #expect(try header("{}", data: 0).entries.isEmpty)
        #expect(try header(#"{"__metadata__":{}}"#, data: 0).metadata.isEmpty)
    }

    @Test(arguments: badHeaders)
    func badHeaderIsRefused(_ bad: BadHeader) {
        #expect(message(safetensors(bad.json, data: bad.data)) == "f: " + bad.message)
    }

    @Test(arguments: badFiles)
    func badFileIsRefused(_ bad: BadFile) {
        #expect(message(bad.bytes) == "f: " + bad.message)
    }

    @Test func nestingIsBounded() throws {
        func nested(_ depth: Int) -> String {
            let open = String(repeating: "[", count: depth)
            let close = String(repeating: "]", count: depth)
            return #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":"# + open + close + "}}"
        }
        #expect(try header(nested(126), data: 0).entries.count == 1)
        #expect(
            message(safetensors(nested(127), data: 0))
                == "f: header byte 182: expected at most 128 nested values, found more")
        #expect(
            message(safetensors(nested(5_000_000), data: 0))?.contains("at most 128 nested values") == true)
        let objects = String(repeating: #"{"x":"#, count: 1_000_000)
        #expect(
            message(safetensors(#"{"a":{"x":"# + objects, data: 0))?.contains("at most 128 nested values")
                == true)
    }

    @Test func messagesStayOnOneShortLine() throws {
        let name = String(repeating: #"\n\u001b"#, count: 10_000)
        let shape = Array(repeating: "1", count: 10_000).joined(separator: ",")
        let found = try #require(
            message(
                safetensors(
                    #"{"\#(name)":{"dtype":"F32","shape":[\#(shape)],"data_offsets":[0,3]}}"#, data: 3)))
        #expect(!found.contains("\n") && !found.contains("\u{1b}"))
        #expect(found.count < 1000)
    }
}

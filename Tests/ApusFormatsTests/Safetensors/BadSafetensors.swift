import Testing

/// A header that breaks one rule, and what is said of it.
struct BadHeader: Sendable, CustomTestStringConvertible {
    let json: [UInt8]
    let data: Int
    let message: String

    init(_ json: String, data: Int = 0, _ message: String) {
        self.init(Array(json.utf8), data: data, message)
    }

    init(_ json: [UInt8], data: Int = 0, _ message: String) {
        self.json = json
        self.data = data
        self.message = message
    }

    var testDescription: String { message }
}

/// A whole file that breaks one rule.
struct BadFile: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let message: String
    var testDescription: String { message }
}

private func ones(_ count: Int) -> String { [String](repeating: "1", count: count).joined(separator: ",") }
private func a(_ fields: String) -> String { #"{"a":{\#(fields)}}"# }

private let known = "BOOL, U8, I32, I64, F16, BF16, F32, F64, C64"

let badFiles: [BadFile] = [
    .init(bytes: [], message: "expected a safetensors file of at least 8 bytes, found 0 bytes"),
    .init(bytes: [1, 2, 3], message: "expected a safetensors file of at least 8 bytes, found 3 bytes"),
    .init(
        bytes: littleEndian(UInt64.max) + Array("{}".utf8),
        message: "expected a header of at most 100000000 bytes, found the length 18446744073709551615"),
    .init(
        bytes: littleEndian(1 << 63) + Array("{}".utf8),
        message: "expected a header of at most 100000000 bytes, found the length 9223372036854775808"),
    .init(
        bytes: littleEndian(100_000_001) + Array("{}".utf8),
        message: "expected a header of at most 100000000 bytes, found the length 100000001"),
    .init(
        bytes: littleEndian(100_000_000) + Array("{}".utf8),
        message: "expected a header of 100000000 bytes, found 2 bytes left in the file"),
    .init(
        bytes: littleEndian(3) + Array("{}".utf8),
        message: "expected a header of 3 bytes, found 2 bytes left in the file"),
    .init(
        bytes: littleEndian(0),
        message: "header byte 0: expected '{' as the first byte, found the end of the header"),
]

let badHeaders: [BadHeader] = syntaxErrors + textErrors + tensorErrors + offsetErrors

private let syntaxErrors: [BadHeader] = [
    .init(" {}", "header byte 1: expected '{' as the first byte, found '{'"),
    .init("[]", "header byte 0: expected '{' as the first byte, found '['"),
    .init("{", "header byte 1: expected a string, found the end of the header"),
    .init("{}x", "header byte 2: expected the end of the header, found 'x'"),
    .init("{}\u{0}", "header byte 2: expected the end of the header, found byte 0x00"),
    .init("{1:2}", "header byte 1: expected a string, found '1'"),
    .init(#"{"a" 1}"#, "header byte 5: expected ':', found '1'"),
    .init(#"{"a":1}"#, "header byte 5: expected '{', found '1'"),
    .init(#"{"a":{},}"#, #"tensor "a": expected dtype, shape and data_offsets, found no dtype"#),
    .init(#"{"__metadata__":{},}"#, "header byte 19: expected a string, found '}'"),
    .init(#"{"__metadata__":{} "a"}"#, #"header byte 19: expected ',' or '}', found '"'"#),
    .init(a(#""shape":[1,]"#), "header byte 17: expected a non-negative integer, found ']'"),
    .init(a(#""shape":[1 2]"#), "header byte 17: expected ',' or ']', found '2'"),
    .init(a(#""shape":[-1]"#), "header byte 15: expected a non-negative integer, found '-'"),
    .init(a(#""shape":[1.0]"#), "header byte 15: expected a non-negative integer, found '1'"),
    .init(a(#""shape":[1e2]"#), "header byte 15: expected a non-negative integer, found '1'"),
    .init(a(#""shape":[01]"#), "header byte 15: expected a non-negative integer, found '0'"),
    .init(a(#""shape":["1"]"#), #"header byte 15: expected a non-negative integer, found '"'"#),
    .init(a(#""shape":[null]"#), "header byte 15: expected a non-negative integer, found 'n'"),
    .init(a(#""shape":3"#), "header byte 14: expected '[', found '3'"),
    .init(a(#""dtype":5"#), "header byte 14: expected a string, found '5'"),
    .init(a(#""x":tru"#), "header byte 10: expected a JSON value, found 't'"),
    .init(a(#""x":"#), "header byte 10: expected a JSON value, found '}'"),
    .init(a(#""x":-"#), "header byte 11: expected a digit, found byte 0x7d"),
    .init(a(#""x":00"#), "header byte 11: expected no digit after a leading zero, found '0'"),
    .init(a(#""x":1."#), "header byte 12: expected a digit, found byte 0x7d"),
    .init(a(#""x":1e+"#), "header byte 13: expected a digit, found byte 0x7d"),
    .init(a(#""x":NaN"#), "header byte 10: expected a JSON value, found 'N'"),
    .init(
        a(#""shape":[9223372036854775808]"#),
        "header byte 15: expected an integer up to 9223372036854775807, found a larger one"),
    .init(
        a(#""data_offsets":[0,99999999999999999999999]"#),
        "header byte 24: expected an integer up to 9223372036854775807, found a larger one"),
]

private let textErrors: [BadHeader] = [
    .init(
        Array(#"{""#.utf8) + [0xFF] + Array(#"":{}}"#.utf8),
        "header byte 2: expected a string in UTF-8, found bytes that are not"),
    .init(  // an overlong slash
        Array(#"{""#.utf8) + [0xC0, 0xAF] + Array(#"":{}}"#.utf8),
        "header byte 2: expected a string in UTF-8, found bytes that are not"),
    .init(  // behind an escape
        Array(#"{"\t"#.utf8) + [0xE2, 0x82] + Array(#"":{}}"#.utf8),
        "header byte 2: expected a string in UTF-8, found bytes that are not"),
    .init(  // in a value that is skipped
        Array(#"{"a":{"x":""#.utf8) + [0x80] + Array(#""}}"#.utf8),
        "header byte 11: expected a string in UTF-8, found bytes that are not"),
    .init(Array("{".utf8) + [0xEF, 0xBB], "header byte 1: expected a string, found byte 0xef"),
    .init(#"{"a"#, "header byte 3: expected the end of the string, found the end of the header"),
    .init("{\"a\n\":{}}", "header byte 3: expected the end of the string, found byte 0x0a"),
    .init(#"{"\x":{}}"#, "header byte 3: expected an escape, found byte 0x78"),
    .init(#"{"\"#, "header byte 3: expected an escape, found the end of the header"),
    .init(#"{"\u12g4":{}}"#, "header byte 6: expected a hexadecimal digit, found byte 0x67"),
    .init(#"{"\ud800":{}}"#, "header byte 2: expected a pair of surrogates, found half of one"),
    .init(#"{"\ud800\u0041":{}}"#, "header byte 2: expected a pair of surrogates, found half of one"),
    .init(#"{"\udc00":{}}"#, "header byte 2: expected a pair of surrogates, found half of one"),
    .init(#"{"__metadata__":null}"#, "header byte 16: expected '{', found 'n'"),
    .init(#"{"__metadata__":{"a":1}}"#, "header byte 21: expected a string, found '1'"),
    .init(#"{"__metadata__":{"a":{"b":"c"}}}"#, "header byte 21: expected a string, found '{'"),
    .init(#"{"__metadata__":{"a":null}}"#, "header byte 21: expected a string, found 'n'"),
    .init(
        #"{"__metadata__":{"a":"1","\u0061":"2"}}"#,
        #"expected every metadata key once, found "a" again"#),
    .init(
        #"{"__metadata__":{},"__metadata__":{}}"#,
        #"expected every name once, found tensor "__metadata__" again"#),
]

private let tensorErrors: [BadHeader] = [
    .init(
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
        data: 2, #"expected every name once, found tensor "a" again"#),
    .init(  // the same name in other words
        #"{"é":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"e\u0301":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
        data: 2, "expected every name once, found tensor \"e\u{301}\" again"),
    .init(
        a(#""dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]"#), data: 1,
        #"tensor "a": expected every field once, found "shape" again"#),
    .init(
        a(#""x":1,"x":1,"dtype":"U8","shape":[1],"data_offsets":[0,1]"#), data: 1,
        #"tensor "a": expected every field once, found "x" again"#),
    .init(
        a(#""shape":[1],"data_offsets":[0,1]"#), data: 1,
        #"tensor "a": expected dtype, shape and data_offsets, found no dtype"#),
    .init(
        a(#""dtype":"U8","data_offsets":[0,1]"#), data: 1,
        #"tensor "a": expected dtype, shape and data_offsets, found no shape"#),
    .init(
        a(#""dtype":"U8","shape":[1]"#), data: 1,
        #"tensor "a": expected dtype, shape and data_offsets, found no data_offsets"#),
    .init(
        a(#""dtype":"U16","shape":[2],"data_offsets":[0,2]"#), data: 2,
        #"tensor "a": expected 4 bytes for U16 [2], found 2"#),
    .init(
        a(#""dtype":"F4","shape":[3],"data_offsets":[0,3]"#), data: 3,
        #"tensor "a": expected 2 bytes for F4 [3], found 3"#),
    .init(
        a(#""dtype":"F8_E4M3","shape":[2305843009213693952],"data_offsets":[0,1]"#), data: 1,
        #"tensor "a": expected a size that fits an address space, found shape [2305843009213693952]"#),
    .init(
        a(#""dtype":"f32","shape":[1],"data_offsets":[0,4]"#), data: 4,
        #"tensor "a": expected one of \#(known), found the unknown dtype "f32""#),
    .init(
        a(#""dtype":"F32","shape":[3],"data_offsets":[0,8]"#), data: 8,
        #"tensor "a": expected 12 bytes for float32 [3], found 8"#),
    .init(
        a(#""dtype":"F32","shape":[],"data_offsets":[0,0]"#),
        #"tensor "a": expected 4 bytes for float32 [], found 0"#),
    .init(
        a(#""dtype":"F32","shape":[0],"data_offsets":[0,4]"#), data: 4,
        #"tensor "a": expected 0 bytes for float32 [0], found 4"#),
    .init(
        a(#""dtype":"F32","shape":[\#(ones(65))],"data_offsets":[0,4]"#), data: 4,
        #"tensor "a": expected at most 64 axes, found 65"#),
    .init(
        a(#""dtype":"F32","shape":[\#(ones(1000))],"data_offsets":[0,4]"#), data: 4,
        #"tensor "a": expected at most 64 axes, found 1000"#),
    .init(
        a(#""dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]"#),
        #"tensor "a": expected a size that fits an address space, found shape [4611686018427387904, 4]"#),
    .init(
        a(#""dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]"#),
        #"tensor "a": expected a size that fits an address space, found shape [4294967296, 4294967296, 0]"#),
    .init(
        a(#""dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]"#),
        #"tensor "a": expected a size that fits an address space, found shape [2305843009213693952]"#),
]

private let offsetErrors: [BadHeader] = [
    .init(
        a(#""dtype":"U8","shape":[1],"data_offsets":[1]"#), data: 1,
        #"tensor "a": expected two data_offsets, found 1"#),
    .init(
        a(#""dtype":"U8","shape":[1],"data_offsets":[0,1,2]"#), data: 1,
        #"tensor "a": expected two data_offsets, found 3"#),
    .init(
        a(#""dtype":"U8","shape":[1],"data_offsets":[1,0]"#), data: 1,
        #"tensor "a": expected data_offsets in order, found [1, 0]"#),
    .init(
        a(#""dtype":"U8","shape":[9],"data_offsets":[0,9]"#), data: 8,
        #"tensor "a": expected data up to byte 9, found 8 bytes of data"#),
    .init(
        a(#""dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]"#), data: 1,
        #"tensor "a": expected data from byte 0, found a hole up to byte 9223372036854775806"#),
    .init(
        #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}"#,
        data: 7,
        #"tensor "b": expected data after tensor "a", which ends at byte 4, found it overlapping from byte 3"#
    ),
    .init(
        #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
        data: 4,
        #"tensor "b": expected data after tensor "a", which ends at byte 4, found it overlapping from byte 0"#
    ),
    .init(
        #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}"#,
        data: 4,
        #"tensor "b": expected data after tensor "a", which ends at byte 4, found it overlapping from byte 2"#
    ),
    .init(
        #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}}"#,
        data: 9, #"tensor "b": expected data from byte 4, found a hole up to byte 5"#),
    .init(
        a(#""dtype":"U8","shape":[1],"data_offsets":[1,2]"#), data: 2,
        #"tensor "a": expected data from byte 0, found a hole up to byte 1"#),
    .init(
        a(#""dtype":"U8","shape":[1],"data_offsets":[0,1]"#), data: 4,
        "expected 1 bytes of data, found 4"),
    .init("{}", data: 1, "expected 0 bytes of data, found 1"),
]

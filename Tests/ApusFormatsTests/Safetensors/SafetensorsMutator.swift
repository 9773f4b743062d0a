/// SplitMix64: the same seed gives the same files on every machine.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
}

/// Spoils safetensors files: some ways know nothing of the format, others keep all but one thing right.
struct SafetensorsMutator {
    /// The ways there are.
    static let kinds = 14

    var random: SeededGenerator
    let originals: [[UInt8]]

    mutating func mutate(kind: Int) -> [UInt8] {
        let original = originals[below(originals.count)]
        var (header, data) = split(original)
        switch kind {
        case 0: return flipped(original)
        case 1: return Array(original.prefix(below(original.count)))
        case 2: return littleEndian(length(near: header.count)) + header + data
        case 3: header[below(header.count)] = pick(Array(#"{}[],:"\0-9.eu "#.utf8))
        case 4: header = replacing(numbers(in: header), in: header, with: number())
        case 5: header = replacing(dtypes(in: header), in: header, with: pick(Self.dtypes))
        case 6: header = replacing([range(in: header)], in: header, with: "")
        case 7: header = inserted(nesting(), in: header)
        case 8: header = repeating(members(in: header), in: header)
        case 9: header = replacing(members(in: header), in: header, with: pick(Self.extraMembers))
        case 10:
            data = below(2) == 0 ? data + original.prefix(1 + below(64)) : Array(data.dropFirst(1 + below(8)))
        case 11: header = reordered(numbers(in: header), in: header)
        case 12: header += Array(pick([" ", "\n\t ", "x", "{}", "\0"]).utf8)
        default:
            let other = split(originals[below(originals.count)])
            header = Array(
                header.prefix(below(header.count)) + other.header.suffix(below(other.header.count)))
            data += other.data
        }
        return safetensors(header, data: data)
    }

    private static let dtypes = [
        "BOOL", "U8", "I8", "I16", "U16", "I32", "U32", "I64", "U64", "F16", "BF16", "F32", "F64", "C64",
        "F8_E4M3", "F8_E5M2", "F4", "", "f32", "C128",
    ]

    private static let extraMembers = [
        #","a.int64":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"#, #","__metadata__":{"a":"b"}"#,
        #","shape":[1,2]"#, #","note":{"deep":[1,-2.5e3,null,true,"x"]}"#, #","x":{}"#, #","dtype":"F32""#,
        #","\ud800":1"#, #","n":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"#, ",", "",
    ]

    // MARK: - Choosing

    private mutating func below(_ count: Int) -> Int { random.below(max(count, 1)) }

    private mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

    private mutating func range(in bytes: [UInt8]) -> Range<Int> {
        let start = below(bytes.count)
        return start..<min(start + 1 + below(60), bytes.count)
    }

    private mutating func number() -> String {
        switch below(3) {
        case 0: "\(below(300))"
        case 1: "\(random.next() >> UInt64(below(64)))"
        default:
            pick([
                "-1", "0", "1.0", "1e3", "01", "-0", "9223372036854775807", "9223372036854775808",
                "18446744073709551615", "18446744073709551616", "99999999999999999999999999",
                "4611686018427387904",
                "4294967296,4294967296", "null", "\"1\"", "[1]", "",
            ])
        }
    }

    private mutating func length(near length: Int) -> UInt64 {
        switch below(4) {
        case 0: random.next()
        case 1: 1 << UInt64(below(64))
        case 2: UInt64(bitPattern: Int64(length + below(19) - 9))
        default: pick([0, 1, 7, 8, 99_999_999, 100_000_000, 100_000_001, .max])
        }
    }

    private mutating func nesting() -> String {
        let depth = pick([1, 100, 127, 128, 129, 20_000])
        let (open, close) = pick([("[", "]"), (#"{"k":"#, "}")])
        let whole = String(repeating: open, count: depth) + (open == "[" ? "" : "1")
        return pick([#","deep":"#, #""deep":"#, ""]) + whole
            + (below(3) == 0 ? "" : String(repeating: close, count: depth)) + pick([",", ""])
    }

    // MARK: - Finding and changing

    private func split(_ file: [UInt8]) -> (header: [UInt8], data: [UInt8]) {
        let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        return (Array(file[8..<(8 + length)]), Array(file[(8 + length)...]))
    }

    private func runs(in header: [UInt8], where belongs: (UInt8) -> Bool) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        for (index, byte) in (header + [0]).enumerated() where !belongs(byte) {
            if index > start { found.append(start..<index) }
            start = index + 1
        }
        return found
    }

    private func numbers(in header: [UInt8]) -> [Range<Int>] {
        runs(in: header) { (48...57).contains($0) }
    }

    private func dtypes(in header: [UInt8]) -> [Range<Int>] {
        runs(in: header) { (48...57).contains($0) || (65...90).contains($0) }.filter {
            header[$0.lowerBound] > 64
        }
    }

    /// From comma to comma: a field, or part of a list.
    private func members(in header: [UInt8]) -> [Range<Int>] {
        let commas = header.indices.filter { header[$0] == UInt8(ascii: ",") }
        return zip(commas, commas.dropFirst()).map { $0..<$1 }
    }

    private mutating func flipped(_ file: [UInt8]) -> [UInt8] {
        var file = file
        for _ in 0...below(4) { file[below(file.count)] ^= 1 << UInt8(below(8)) }
        return file
    }

    private mutating func replacing(_ ranges: [Range<Int>], in header: [UInt8], with text: String) -> [UInt8]
    {
        if ranges.isEmpty { return header }
        let range = pick(ranges)
        return Array(header[..<range.lowerBound] + Array(text.utf8) + header[range.upperBound...])
    }

    /// Half of the time where a member may stand.
    private mutating func inserted(_ text: String, in header: [UInt8]) -> [UInt8] {
        let commas = members(in: header).map { $0.lowerBound..<$0.lowerBound }
        let anywhere = below(header.count)
        return replacing(below(2) == 0 ? commas : [anywhere..<anywhere], in: header, with: text)
    }

    private mutating func repeating(_ ranges: [Range<Int>], in header: [UInt8]) -> [UInt8] {
        if ranges.isEmpty { return header }
        let (from, to) = (pick(ranges), pick(ranges))
        return Array(header[..<to.lowerBound] + header[from] + header[to.lowerBound...])
    }

    private mutating func reordered(_ ranges: [Range<Int>], in header: [UInt8]) -> [UInt8] {
        if ranges.isEmpty { return header }
        let from = pick(ranges)
        return replacing(ranges, in: header, with: String(decoding: header[from], as: UTF8.self))
    }
}

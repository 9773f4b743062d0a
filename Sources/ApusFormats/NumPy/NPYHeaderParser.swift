import ApusCore

/// Reads the text of an npy header: a Python dictionary of `descr`, `fortran_order` and `shape`, in any order.
struct NPYHeaderParser {
    private let text: [UInt8]
    private var position = 0
    private(set) var descr = ""
    private(set) var isFortran = false
    private(set) var shape: Shape = []

    init(_ text: [UInt8]) { self.text = text }

    mutating func parse() throws(Fault) {
        var missing: Set = ["descr", "fortran_order", "shape"]
        try expect("{")
        while !take("}") {
            let start = position
            let key = try string()
            try expect(":")
            switch key {
            case "descr": descr = try type()
            case "fortran_order": isFortran = try boolean()
            case "shape": shape = try tuple()
            default: throw error("one of the keys descr, fortran_order and shape", at: start)
            }
            if missing.remove(key) == nil { throw error("each key once", at: start) }
            if !take(",") {
                try expect("}")
                break
            }
        }
        skipSpace()
        if position < text.count { throw error("the end") }
        if let key = missing.min() {
            throw .damaged("expected the key \"\(key)\" in the header, found none")
        }
    }

    /// A string; what else NumPy writes is the list of a structured array's fields.
    private mutating func type() throws(Fault) -> String {
        skipSpace()
        if position < text.count, text[position] == UInt8(ascii: "[") {
            throw Fault(
                .unexpected, "expected an array of numbers, found one of records with named fields")
        }
        return try string()
    }

    private mutating func string() throws(Fault) -> String {
        skipSpace()
        guard position < text.count, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(text[position]) else {
            throw error("a string")
        }
        let quote = text[position]
        guard let end = text[(position + 1)...].firstIndex(of: quote) else { throw error("a closed string") }
        defer { position = end + 1 }
        return String(decoding: text[(position + 1)..<end], as: UTF8.self)
    }

    private mutating func boolean() throws(Fault) -> Bool {
        if take("True") { return true }
        if take("False") { return false }
        throw error("True or False")
    }

    private mutating func tuple() throws(Fault) -> [Int] {
        try expect("(")
        var extents: [Int] = []
        while !take(")") {
            extents.append(try integer())
            if !take(",") {
                try expect(")")
                break
            }
        }
        return extents
    }

    private mutating func integer() throws(Fault) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while position < text.count, 48...57 ~= text[position] {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = tens.addingReportingOverflow(Int(text[position]) - 48)
            if overflow || sumOverflow { throw error("an extent that fits 64 bits", at: start) }
            value = sum
            position += 1
        }
        if position == start { throw error("an extent") }
        // Python 2 wrote long integers so.
        _ = take("L")
        return value
    }

    private mutating func skipSpace() {
        while position < text.count, [9, 10, 13, 32].contains(text[position]) { position += 1 }
    }

    private mutating func take(_ word: String) -> Bool {
        skipSpace()
        guard text[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func expect(_ word: String) throws(Fault) {
        if !take(word) { throw error("\"\(word)\"") }
    }

    private func error(_ expected: String, at start: Int? = nil) -> Fault {
        let rest = text[min(start ?? position, text.count)...].prefix(20)
        return .header(
            at: start ?? position, expected: expected,
            found: rest.isEmpty ? "the end" : Fault.quoted(String(decoding: rest, as: UTF8.self)))
    }
}

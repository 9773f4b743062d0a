/// Reads JSON, token by token, from bytes that may hold anything.
///
/// It shows every key to its caller (a general parser hides duplicate ones) and bounds nesting.
struct JSONScanner {
    static let maximumDepth = 128

    /// What the bytes are, for messages.
    enum Whole: String {
        case header, file
    }

    private let bytes: UnsafeRawBufferPointer
    private let whole: Whole
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer, of whole: Whole) {
        self.bytes = bytes
        self.whole = whole
    }

    /// Calls `member` at the value of every key; it must read that value.
    mutating func object(
        depth: Int = 1, _ member: (inout JSONScanner, String) throws(Fault) -> Void
    ) throws(Fault) {
        try expect("{", depth: depth)
        if take("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try member(&self, key)
        } while try continues(until: "}")
    }

    /// Calls `element` at every value; it must read that value.
    mutating func array(
        depth: Int = 1, _ element: (inout JSONScanner) throws(Fault) -> Void
    ) throws(Fault) {
        try expect("[", depth: depth)
        if take("]") { return }
        repeat { try element(&self) } while try continues(until: "]")
    }

    /// The kind of the next value, by its first byte, which stays; nil where there is none.
    mutating func next() -> UInt8? {
        skipSpace()
        return peek()
    }

    /// Reads `true`, `false` or `null`.
    mutating func word(_ word: StaticString) throws(Fault) {
        skipSpace()
        try literal(word)
    }

    /// A number as it is written.
    mutating func numeral() throws(Fault) -> String {
        skipSpace()
        let start = position
        try number()
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// An integer of zero or more, without sign, fraction or exponent.
    mutating func integer() throws(Fault) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while let byte = peek(), isDigit(byte) {
            let (product, tooBig) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.addingReportingOverflow(Int(byte - 48))
            if tooBig || overflow {
                throw fault(
                    at: start, expected: "an integer up to \(Int.max)", found: "a larger one")
            }
            value = sum
            position += 1
        }
        let isWhole = position > start && !(bytes[start] == 48 && position > start + 1)
        if !isWhole || peek().map({ ".eE".utf8.contains($0) }) == true {
            position = start
            throw unexpected("a non-negative integer")
        }
        return value
    }

    /// Reads any value and forgets it.
    mutating func skipValue(depth: Int) throws(Fault) {
        skipSpace()
        switch peek() {
        case UInt8(ascii: "{"):
            try object(depth: depth) { (scanner, _) throws(Fault) in
                try scanner.skipValue(depth: depth + 1)
            }
        case UInt8(ascii: "["):
            try array(depth: depth) { (scanner) throws(Fault) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try number()
        }
    }

    /// Nothing but white space may follow.
    mutating func end() throws(Fault) {
        skipSpace()
        if position < bytes.count { throw unexpected("the end of the \(whole)") }
    }

    /// What is wrong at a position, in bytes from the start of the JSON.
    private func fault(at position: Int, expected: String, found: String) -> Fault {
        .damaged("\(whole) byte \(position): expected \(expected), found \(found)")
    }

    /// What stands at the next token, for a message.
    mutating func unexpected(_ expected: String) -> Fault {
        skipSpace()
        let found =
            switch peek() {
            case nil: "the end of the \(whole)"
            case let byte? where (0x21...0x7E).contains(byte): "'\(Character(UnicodeScalar(byte)))'"
            case let byte?: "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        return fault(at: position, expected: expected, found: found)
    }

    // MARK: - Strings

    mutating func string() throws(Fault) -> String {
        try expect("\"", describedAs: "a string")
        let start = position
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
            position += 1
        }
        if peek() == UInt8(ascii: "\"") {
            position += 1
            return try decode(bytes[start..<(position - 1)], at: start)
        }
        return try escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) throws(Fault) -> String {
        var decoded = Array(bytes[start..<position])
        while true {
            guard let byte = peek(), byte >= 0x20 else { throw unexpectedInString("the end of the string") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try decode(decoded, at: start)
            case UInt8(ascii: "\\"): try escape(into: &decoded)
            default: decoded.append(byte)
            }
        }
    }

    private mutating func escape(into decoded: inout [UInt8]) throws(Fault) {
        guard let byte = peek() else { throw unexpectedInString("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(8)
        case UInt8(ascii: "f"): decoded.append(12)
        case UInt8(ascii: "n"): decoded.append(10)
        case UInt8(ascii: "r"): decoded.append(13)
        case UInt8(ascii: "t"): decoded.append(9)
        case UInt8(ascii: "u"):
            let start = position - 2
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code), peek() == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u") {
                position += 2
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw loneSurrogate(at: start) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = UnicodeScalar(code) else { throw loneSurrogate(at: start) }
            decoded.append(contentsOf: UTF8.encode(scalar)!)
        default:
            position -= 1
            throw unexpectedInString("an escape")
        }
    }

    private func loneSurrogate(at start: Int) -> Fault {
        fault(at: start, expected: "a pair of surrogates", found: "half of one")
    }

    private mutating func hexadecimal() throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw unexpectedInString("a hexadecimal digit")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private func decode(_ utf8: some Sequence<UInt8>, at start: Int) throws(Fault) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw fault(at: start, expected: "a string in UTF-8", found: "bytes that are not")
        }
        return text
    }

    /// White space counts inside a string: what stands at this very byte.
    private func unexpectedInString(_ expected: String) -> Fault {
        let found =
            switch peek() {
            case nil: "the end of the \(whole)"
            case let byte?: "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        return fault(at: position, expected: expected, found: found)
    }

    // MARK: - Tokens

    private func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < bytes.count ? bytes[position + ahead] : nil
    }

    private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func take(_ token: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek() == UInt8(ascii: token) else { return false }
        position += 1
        return true
    }

    private mutating func expect(
        _ token: Unicode.Scalar, describedAs name: String? = nil, depth: Int = 1
    ) throws(Fault) {
        guard take(token) else { throw unexpected(name ?? "'\(token)'") }
        if depth > Self.maximumDepth {
            throw fault(
                at: position - 1, expected: "at most \(Self.maximumDepth) nested values", found: "more")
        }
    }

    private mutating func continues(until close: Unicode.Scalar) throws(Fault) -> Bool {
        if take(",") { return true }
        guard take(close) else { throw unexpected("',' or '\(close)'") }
        return false
    }

    private mutating func literal(_ word: StaticString) throws(Fault) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard peek(offset) == word.utf8Start[offset] else { throw unexpected("a JSON value") }
        }
        position += word.utf8CodeUnitCount
    }

    private mutating func number() throws(Fault) {
        let start = position
        func digits(_ scanner: inout JSONScanner) throws(Fault) {
            let first = scanner.position
            while let byte = scanner.peek(), scanner.isDigit(byte) { scanner.position += 1 }
            if scanner.position == first {
                if first == start { throw scanner.unexpected("a JSON value") }
                throw scanner.unexpectedInString("a digit")
            }
        }
        if peek() == UInt8(ascii: "-") { position += 1 }
        let startsWithZero = peek() == 48
        let first = position
        try digits(&self)
        if startsWithZero, position > first + 1 {
            position = first + 1
            throw unexpected("no digit after a leading zero")
        }
        if peek() == UInt8(ascii: ".") {
            position += 1
            try digits(&self)
        }
        if let byte = peek(), byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            position += 1
            if let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try digits(&self)
        }
    }
}

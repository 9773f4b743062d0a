import ApusCore

/// What a JSON file holds, with the members of objects in their order, none merged and none lost.
///
/// Foundation keeps objects in dictionaries, in which keys that Unicode holds equal are one. In a vocabulary they are
/// different tokens.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([(key: String, value: JSONValue)])

    /// The most bytes that are read unless a call says otherwise: 1 GiB.
    package static let defaultLimit = 1 << 30

    /// Reads a whole file in UTF-8, with or without a byte order mark.
    package static func read(_ path: String, limit: Int = defaultLimit) throws(FileError) -> JSONValue {
        let text = try TextFile.read(path, limit: limit)
        let bytes = Array(text.utf8)
        do throws(Fault) {
            return try bytes.withUnsafeBufferPointer { bytes throws(Fault) in
                try parsed(UnsafeRawBufferPointer(bytes))
            }
        } catch {
            throw FileError(path: path, error)
        }
    }

    private static func parsed(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> JSONValue {
        var scanner = JSONScanner(bytes, of: .file)
        let value = try JSONValue(&scanner, depth: 1)
        try scanner.end()
        return value
    }

    private init(_ scanner: inout JSONScanner, depth: Int) throws(Fault) {
        switch scanner.next() {
        case UInt8(ascii: "{"):
            var members: [(key: String, value: JSONValue)] = []
            try scanner.object(depth: depth) { (scanner, key) throws(Fault) in
                members.append((key, try JSONValue(&scanner, depth: depth + 1)))
            }
            self = .object(members)
        case UInt8(ascii: "["):
            var values: [JSONValue] = []
            try scanner.array(depth: depth) { (scanner) throws(Fault) in
                values.append(try JSONValue(&scanner, depth: depth + 1))
            }
            self = .array(values)
        case UInt8(ascii: "\""): self = .string(try scanner.string())
        case UInt8(ascii: "t"):
            try scanner.word("true")
            self = .bool(true)
        case UInt8(ascii: "f"):
            try scanner.word("false")
            self = .bool(false)
        case UInt8(ascii: "n"):
            try scanner.word("null")
            self = .null
        default:
            let numeral = try scanner.numeral()
            self = Int(numeral).map(JSONValue.integer) ?? .number(Double(numeral) ?? .nan)
        }
    }

    /// The first member of this name; nil where there is none, or where this is no object.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// What it is, for messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let text): Self.brief(text)
        case .array(let values): "an array of \(values.count)"
        case .object: "an object"
        }
    }

    /// A string out of a file in quotation marks, on one line and of bounded length.
    package static func brief(_ text: String) -> String { Fault.quoted(text) }

    /// As JSON on one line, in UTF-8.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let text): Self.literal(text)
        case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.literal($0.key)):\($0.value.text)" }.joined(separator: ",") + "}"
        }
    }

    /// A string as JSON writes it: what must be escaped is, all else stays as it is.
    package static func literal(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                result += (scalar.value < 0x10 ? "\\u000" : "\\u00") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

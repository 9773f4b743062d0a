import ApusCore

/// Turns the JSON of a header into entries whose dtype, shape and offsets agree with each other.
struct SafetensorsHeaderParser {
    private(set) var metadata: [String: String] = [:]
    private(set) var entries: [SafetensorsHeader.Entry] = []
    private(set) var unsupported: [SafetensorsHeader.Unsupported] = []

    mutating func parse(_ json: UnsafeRawBufferPointer) throws(Fault) {
        var scanner = JSONScanner(json, of: .header)
        // The format has the header begin with its object, and be padded only behind it.
        guard json.first == UInt8(ascii: "{") else { throw scanner.unexpected("'{' as the first byte") }
        var names: Set<String> = []
        try scanner.object { (scanner, name) throws(Fault) in
            guard names.insert(name).inserted else {
                throw .damaged("expected every name once, found tensor \(Fault.quoted(name)) again")
            }
            if name == "__metadata__" {
                try parseMetadata(&scanner)
            } else {
                try parseTensor(name, &scanner)
            }
        }
        try scanner.end()
    }

    private mutating func parseMetadata(_ scanner: inout JSONScanner) throws(Fault) {
        try scanner.object { (scanner, key) throws(Fault) in
            let value = try scanner.string()
            guard metadata.updateValue(value, forKey: key) == nil else {
                throw .damaged("expected every metadata key once, found \(Fault.quoted(key)) again")
            }
        }
    }

    private mutating func parseTensor(_ name: String, _ scanner: inout JSONScanner) throws(Fault) {
        var type: StoredType?
        var shape: Shape?
        var offsets: [Int]?
        var fields: Set<String> = []
        try scanner.object { (scanner, field) throws(Fault) in
            guard fields.insert(field).inserted else {
                throw .tensor(name, "expected every field once, found \(Fault.quoted(field)) again")
            }
            switch field {
            case "dtype": type = try StoredType(try scanner.string(), tensor: name)
            case "shape": shape = try Self.integers(&scanner)
            case "data_offsets": offsets = try Self.integers(&scanner)
            // The tensor's own object is the second level, its values the third.
            default: try scanner.skipValue(depth: 3)
            }
        }
        func missing(_ field: String) -> Fault {
            .tensor(name, "expected dtype, shape and data_offsets, found no \(field)")
        }
        guard let type else { throw missing("dtype") }
        guard let shape else { throw missing("shape") }
        guard let offsets else { throw missing("data_offsets") }
        guard shape.count <= Layout.maximumRank else {
            throw .tensor(name, "expected at most \(Layout.maximumRank) axes, found \(shape.count)")
        }
        guard offsets.count == 2 else {
            throw .tensor(name, "expected two data_offsets, found \(offsets.count)")
        }
        guard offsets[0] <= offsets[1] else {
            throw .tensor(name, "expected data_offsets in order, found \(offsets)")
        }
        let expected = try Self.byteCount(type, shape, tensor: name)
        let bytes = offsets[0]..<offsets[1]
        guard expected == bytes.count else {
            throw .tensor(
                name,
                "expected \(expected) bytes for \(type) \(Fault.brief(shape)), found \(bytes.count)")
        }
        switch type {
        case .tensors(let dtype):
            entries.append(.init(name: name, dtype: dtype, shape: shape, bytes: bytes))
        case .unsupported(let type):
            unsupported.append(.init(name: name, type: type, shape: shape, bytes: bytes))
        }
    }

    private static func integers(_ scanner: inout JSONScanner) throws(Fault) -> [Int] {
        var values: [Int] = []
        try scanner.array { (scanner) throws(Fault) in values.append(try scanner.integer()) }
        return values
    }

    private static func byteCount(_ type: StoredType, _ shape: Shape, tensor: String) throws(Fault) -> Int {
        // Axes of extent 0 count as 1 here: the strides of an empty tensor must not overflow either.
        var bytes = type.readSize
        var elements = 1
        for extent in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: max(extent, 1))
            if overflow {
                throw .tensor(
                    tensor,
                    "expected a size that fits an address space, found shape \(Fault.brief(shape))")
            }
            bytes = product
            elements *= max(extent, 1)
        }
        if shape.contains(0) { return 0 }
        // Elements of less than a byte share bytes, of which the last one may not be full.
        return elements / 8 * type.bits + (elements % 8 * type.bits + 7) / 8
    }
}

/// The type that a header names.
private enum StoredType: CustomStringConvertible {
    case tensors(DType)
    case unsupported(UnsupportedType)

    init(_ name: String, tensor: String) throws(Fault) {
        if let dtype = DType(safetensorsName: name) {
            self = .tensors(dtype)
        } else if let type = UnsupportedType(rawValue: name) {
            self = .unsupported(type)
        } else {
            throw .tensor(
                tensor,
                "expected one of \(DType.safetensorsNames), found the unknown dtype \(Fault.quoted(name))")
        }
    }

    var bits: Int {
        switch self {
        case .tensors(let dtype): dtype.size * 8
        case .unsupported(let type): type.bits
        }
    }

    /// Bytes of an element once it is read, which may be converted.
    var readSize: Int {
        switch self {
        case .tensors(let dtype): dtype.size
        case .unsupported(let type): type.converted?.size ?? 1
        }
    }

    var description: String {
        switch self {
        case .tensors(let dtype): "\(dtype)"
        case .unsupported(let type): type.rawValue
        }
    }
}

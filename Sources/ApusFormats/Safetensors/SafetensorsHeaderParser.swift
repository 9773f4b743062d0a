import ApusCore

/// Turns the JSON of a header into entries whose dtype, shape and offsets agree with each other.
struct SafetensorsHeaderParser {
    typealias Failure = SafetensorsError.Reason

    private(set) var metadata: [String: String] = [:]
    private(set) var entries: [SafetensorsHeader.Entry] = []

    mutating func parse(_ json: UnsafeRawBufferPointer) throws(Failure) {
        var scanner = JSONScanner(json)
        // The format has the header begin with its object, and be padded only behind it.
        guard json.first == UInt8(ascii: "{") else { throw scanner.unexpected("'{' as the first byte") }
        var names: Set<String> = []
        try scanner.object { (scanner, name) throws(Failure) in
            guard names.insert(name).inserted else { throw .duplicateTensor(name) }
            if name == "__metadata__" {
                try parseMetadata(&scanner)
            } else {
                entries.append(try Self.entry(name, &scanner))
            }
        }
        try scanner.end()
    }

    private mutating func parseMetadata(_ scanner: inout JSONScanner) throws(Failure) {
        try scanner.object { (scanner, key) throws(Failure) in
            let value = try scanner.string()
            guard metadata.updateValue(value, forKey: key) == nil else { throw .duplicateMetadata(key) }
        }
    }

    private static func entry(
        _ name: String, _ scanner: inout JSONScanner
    ) throws(Failure) -> SafetensorsHeader.Entry {
        var dtype: DType?
        var shape: Shape?
        var offsets: [Int]?
        var fields: Set<String> = []
        try scanner.object { (scanner, field) throws(Failure) in
            guard fields.insert(field).inserted else { throw .duplicateField(field, tensor: name) }
            switch field {
            case "dtype": dtype = try Self.dtype(try scanner.string(), tensor: name)
            case "shape": shape = try integers(&scanner)
            case "data_offsets": offsets = try integers(&scanner)
            // The tensor's own object is the second level, its values the third.
            default: try scanner.skipValue(depth: 3)
            }
        }
        guard let dtype else { throw .missingField("dtype", tensor: name) }
        guard let shape else { throw .missingField("shape", tensor: name) }
        guard let offsets else { throw .missingField("data_offsets", tensor: name) }
        guard shape.count <= Layout.maximumRank else { throw .tooManyAxes(shape.count, tensor: name) }
        guard offsets.count == 2 else { throw .offsetCount(offsets.count, tensor: name) }
        guard offsets[0] <= offsets[1] else {
            throw .reversedOffsets(begin: offsets[0], end: offsets[1], tensor: name)
        }
        let expected = try byteCount(dtype, shape, tensor: name)
        let bytes = offsets[0]..<offsets[1]
        guard expected == bytes.count else {
            throw .sizeMismatch(
                dtype: dtype, shape: shape, expected: expected, found: bytes.count, tensor: name)
        }
        return .init(name: name, dtype: dtype, shape: shape, bytes: bytes)
    }

    private static func dtype(_ name: String, tensor: String) throws(Failure) -> DType {
        if let dtype = DType(safetensorsName: name) { return dtype }
        if DType.unsupportedSafetensorsNames.contains(name) { throw .unsupportedDType(name, tensor: tensor) }
        throw .unknownDType(name, tensor: tensor)
    }

    private static func integers(_ scanner: inout JSONScanner) throws(Failure) -> [Int] {
        var values: [Int] = []
        try scanner.array { (scanner) throws(Failure) in values.append(try scanner.integer()) }
        return values
    }

    private static func byteCount(_ dtype: DType, _ shape: Shape, tensor: String) throws(Failure) -> Int {
        // Axes of extent 0 count as 1 here: the strides of an empty tensor must not overflow either.
        var bytes = dtype.size
        for extent in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: max(extent, 1))
            if overflow { throw .sizeOverflow(shape: shape, tensor: tensor) }
            bytes = product
        }
        return shape.contains(0) ? 0 : bytes
    }
}

import ApusCore

/// Reads one IDX file from its header to the byte after its last.
struct IDXReader {
    private let path: String
    private let file: InputFile
    private let source: any ByteSource
    private let isCompressed: Bool
    /// Bytes of IDX data read so far.
    private var position = 0

    init(_ path: String) throws(FileError) {
        self.path = path
        file = try InputFile(path)
        var magic: (UInt8, UInt8) = (0, 0)
        let got = try file.read(into: &magic, count: 2)
        try file.rewind()
        isCompressed = got == 2 && magic == (0x1F, 0x8B)
        source = isCompressed ? try GzipInput(file) : file
    }

    mutating func readAll(axes: Int?, type: IDX.ElementType?, limit: Int) throws(FileError) -> IDXArray {
        let start = try readBytes(4, expecting: 4)
        guard start[0] == 0 && start[1] == 0 else {
            throw error(
                .otherFormat, "not an IDX file: expected it to begin with 00 00, found \(hexadecimal(start))")
        }
        guard let foundType = IDX.ElementType(rawValue: start[2]) else {
            throw error(
                .damaged,
                "expected an IDX element type (08, 09, 0b, 0c, 0d or 0e), found \(hexadecimal([start[2]]))")
        }
        let rank = Int(start[3])
        guard axes == nil ? 1...IDX.maximumAxes ~= rank : rank == axes else {
            throw error(.unexpected, "expected \(Self.contents(axes)), found \(Self.contents(rank))")
        }
        if let type, type != foundType {
            throw error(.unexpected, "expected \(type) elements, found \(foundType)")
        }

        let sizes = try readBytes(4 * rank, expecting: 4 + 4 * rank)
        let shape = (0..<rank).map { axis in
            sizes[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        let byteCount = try promise(shape, foundType, limit: limit)

        let storage = Storage(byteCount: byteCount)
        try read(into: storage.pointer, count: byteCount, expecting: position + byteCount)
        try expectEnd()
        swapBytes(storage.pointer, count: byteCount / foundType.size, width: foundType.size)
        return IDXArray(type: foundType, shape: shape, storage: storage)
    }

    /// The bytes of elements that the header promises, once they are known to be possible.
    private func promise(_ shape: Shape, _ type: IDX.ElementType, limit: Int) throws(FileError) -> Int {
        func tooLarge(_ reason: String) -> FileError {
            error(.tooLarge, "the header promises the shape \(shape): \(reason)")
        }
        // Extents of zero are left out, so that no later product of the others can overflow either.
        guard let elements = shape.filter({ $0 > 0 }).checkedElementCount,
            case let (bytes, overflow) = elements.multipliedReportingOverflow(by: type.size), !overflow,
            case let (total, totalOverflow) = bytes.addingReportingOverflow(position), !totalOverflow
        else { throw tooLarge("more bytes than an address space has") }
        let promised = shape.contains(0) ? 0 : bytes
        if !isCompressed {
            let expected = shape.contains(0) ? position : total
            if file.size < expected { throw truncated(expected, found: file.size) }
            if file.size > expected { throw tooLong(expected, found: "\(file.size)") }
        }
        if promised > limit { throw tooLarge("expected at most \(limit) bytes, found \(promised)") }
        if isCompressed && promised / IDX.deflateLimit > file.size {
            throw tooLarge("\(promised) bytes, more than \(file.size) compressed bytes can hold")
        }
        return promised
    }

    private mutating func readBytes(_ count: Int, expecting expected: Int) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try read(into: &bytes, count: count, expecting: expected)
        return bytes
    }

    private mutating func read(
        into pointer: UnsafeMutableRawPointer, count: Int, expecting expected: Int
    ) throws(FileError) {
        position += try source.read(into: pointer, count: count)
        if position < expected { throw truncated(expected, found: position) }
    }

    /// Checks that nothing follows; on gzip this also verifies the checksum.
    private func expectEnd() throws(FileError) {
        var extra: UInt8 = 0
        if try source.read(into: &extra, count: 1) > 0 {
            throw tooLong(position, found: isCompressed ? "more" : "\(file.size)")
        }
        if !source.isComplete {
            throw error(
                .damaged, "expected a sound gzip stream, found it damaged: it ends before its checksum")
        }
    }

    private func error(_ kind: FileError.Kind, _ reason: String) -> FileError {
        FileError(path: path, kind, reason)
    }

    private func truncated(_ expected: Int, found: Int) -> FileError {
        error(.damaged, "truncated: expected \(expected) bytes of IDX data, found \(found)")
    }

    private func tooLong(_ expected: Int, found: String) -> FileError {
        error(.damaged, "too long: expected \(expected) bytes of IDX data, found \(found)")
    }

    /// What a file with this many axes usually is, so that swapped files are named as such.
    private static func contents(_ axes: Int?) -> String {
        switch axes {
        case nil: "1 to \(IDX.maximumAxes) axes"
        case 1: "labels (1 axis, magic 0801)"
        case 3: "images (3 axes, magic 0803)"
        case let axes?: "\(axes) axes"
        }
    }
}

/// Bytes as two digits each, for messages.
func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

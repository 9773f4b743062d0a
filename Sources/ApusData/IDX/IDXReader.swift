import ApusCore

/// Reads one IDX file from its header to the byte after its last.
struct IDXReader {
    private let path: String
    private let file: InputFile
    private let source: any ByteSource
    private let isCompressed: Bool
    /// Bytes of IDX data read so far.
    private var position = 0

    init(_ path: String) throws(IDXError) {
        self.path = path
        do {
            file = try InputFile(path)
            var magic: (UInt8, UInt8) = (0, 0)
            let got = try file.read(into: &magic, count: 2)
            try file.rewind()
            isCompressed = got == 2 && magic == (0x1F, 0x8B)
            source = isCompressed ? try GzipInput(file) : file
        } catch {
            throw IDXError(error, file: path, expected: 0, found: 0)
        }
    }

    mutating func readAll(axes: Int?, type: IDX.ElementType?, limit: Int) throws(IDXError) -> IDXArray {
        let start = try readBytes(4, expecting: 4)
        guard start[0] == 0 && start[1] == 0 else { throw .wrongMagic(file: path, found: start) }
        guard let foundType = IDX.ElementType(rawValue: start[2]) else {
            throw .unknownType(file: path, found: start[2])
        }
        let rank = Int(start[3])
        guard axes == nil ? 1...IDX.maximumAxes ~= rank : rank == axes else {
            throw .wrongAxes(file: path, expected: axes, found: rank)
        }
        if let type, type != foundType { throw .wrongType(file: path, expected: type, found: foundType) }

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
    private func promise(_ shape: Shape, _ type: IDX.ElementType, limit: Int) throws(IDXError) -> Int {
        // Extents of zero are left out, so that no later product of the others can overflow either.
        guard let elements = shape.filter({ $0 > 0 }).checkedElementCount,
            case let (bytes, overflow) = elements.multipliedReportingOverflow(by: type.size), !overflow,
            case let (total, totalOverflow) = bytes.addingReportingOverflow(position), !totalOverflow
        else { throw .tooLarge(file: path, shape: shape, reason: "more bytes than an address space has") }
        let promised = shape.contains(0) ? 0 : bytes
        if !isCompressed {
            let expected = shape.contains(0) ? position : total
            if file.size < expected { throw .truncated(file: path, expected: expected, found: file.size) }
            if file.size > expected { throw .tooLong(file: path, expected: expected, found: file.size) }
        }
        if promised > limit {
            throw .tooLarge(
                file: path, shape: shape, reason: "expected at most \(limit) bytes, found \(promised)")
        }
        if isCompressed && promised / IDX.deflateLimit > file.size {
            throw .tooLarge(
                file: path, shape: shape,
                reason: "\(promised) bytes, more than \(file.size) compressed bytes can hold")
        }
        return promised
    }

    private mutating func readBytes(_ count: Int, expecting expected: Int) throws(IDXError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try read(into: &bytes, count: count, expecting: expected)
        return bytes
    }

    private mutating func read(
        into pointer: UnsafeMutableRawPointer, count: Int, expecting expected: Int
    ) throws(IDXError) {
        do throws(InputFileError) {
            let got = try source.read(into: pointer, count: count)
            guard got == count else { throw InputFileError.cutShort(found: got) }
            position += got
        } catch {
            throw IDXError(error, file: path, expected: expected, found: position)
        }
    }

    /// Checks that nothing follows; on gzip this also verifies the checksum.
    private func expectEnd() throws(IDXError) {
        var extra: UInt8 = 0
        do {
            let got = try source.read(into: &extra, count: 1)
            if got == 0 { return }
        } catch .cutShort {
            throw .damaged(file: path, reason: "it ends before its checksum")
        } catch {
            throw IDXError(error, file: path, expected: position, found: position)
        }
        throw .tooLong(file: path, expected: position, found: isCompressed ? nil : file.size)
    }
}

/// Turns big-endian elements into the processor's order, in place.
private func swapBytes(_ pointer: UnsafeMutableRawPointer, count: Int, width: Int) {
    func swap<Element: FixedWidthInteger>(_: Element.Type) {
        let elements = pointer.assumingMemoryBound(to: Element.self)
        for i in 0..<count { elements[i] = Element(bigEndian: elements[i]) }
    }
    switch width {
    case 2: swap(UInt16.self)
    case 4: swap(UInt32.self)
    case 8: swap(UInt64.self)
    default: break
    }
}

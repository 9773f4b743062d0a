import CZlib
import Glibc

/// Writes a ZIP archive from its beginning to its end, in one pass and with memory for one compressed member at most.
///
/// libzip, which reads archives here, wants all members in memory until it writes them, and seeks in the file that it
/// writes. The same members give the same bytes: none has a time. Format: APPNOTE.TXT 6.3, with ZIP64 where sizes ask for it.
struct ZipOutput {
    private let file: AtomicFile
    private let path: String
    /// What the contents of stored members begin at a multiple of, in bytes.
    private let alignment: Int
    private var position = 0
    private var directory: [UInt8] = []
    private var count = 0

    /// Writes an archive to the file at `path`, which appears whole or not at all.
    static func write(
        to path: String, alignment: Int = 1, _ body: (inout ZipOutput) throws(FileError) -> Void
    ) throws(FileError) {
        try AtomicFile.write(format: path) { file throws(FileError) in
            var archive = ZipOutput(file: file, path: path, alignment: alignment)
            try body(&archive)
            try archive.finish()
        }
    }

    private init(file: AtomicFile, path: String, alignment: Int) {
        self.file = file
        self.path = path
        self.alignment = alignment
    }

    /// Adds a member whose contents are these bytes one after another.
    mutating func add(
        _ name: String, _ parts: [UnsafeRawBufferPointer], compressed: Bool = false
    ) throws(FileError) {
        guard name.utf8.count <= 4096 else {
            throw FileError(
                path: path, .unwritable,
                "expected names of at most 4096 bytes, found \(Fault.quoted(name))")
        }
        let size = parts.reduce(0) { $0 + $1.count }
        var checksum = crc32_z(0, nil, 0)
        for part in parts where !part.isEmpty {
            checksum = crc32_z(checksum, part.baseAddress, z_size_t(part.count))
        }
        let deflated = try compressed ? deflated(parts) : nil
        let stored = deflated?.count ?? size
        let isLarge = max(size, stored) >= Self.large
        let start = position
        var sizes = isLarge ? field(1, number(size, 8) + number(stored, 8)) : []
        let description = description(
            method: compressed ? 8 : 0, checksum, stored: isLarge ? Self.large : stored,
            size: isLarge ? Self.large : size, name)
        if alignment > 1 && !compressed {
            sizes += padding(after: start + 30 + name.utf8.count + sizes.count)
        }
        try write(number(0x0403_4B50, 4) + description + number(sizes.count, 2) + Array(name.utf8) + sizes)
        for part in parts where deflated == nil { try write(part) }
        if let deflated { try write(deflated) }
        list(name, description, at: start, isLarge ? number(size, 8) + number(stored, 8) : [])
    }

    /// Adds a member whose contents are these bytes.
    mutating func add(_ name: String, _ bytes: [UInt8]) throws(FileError) {
        try bytes.withUnsafeBytes { bytes in
            Result { () throws(FileError) in try add(name, [bytes]) }
        }.get()
    }

    /// Of sizes and positions from here on the classic records say only that others have them.
    private static let large = 0xFFFF_FFFF

    /// The fields from the version to the length of the name, which both records of a member have.
    private func description(
        method: Int, _ checksum: uLong, stored: Int, size: Int, _ name: String
    ) -> [UInt8] {
        // Version 4.5; names in UTF-8; 1 January 1980.
        number(45, 2) + number(0x800, 2) + number(method, 2) + number(0, 2) + number(0x21, 2)
            + number(Int(checksum), 4) + number(stored, 4) + number(size, 4) + number(name.utf8.count, 2)
    }

    private mutating func list(_ name: String, _ description: [UInt8], at start: Int, _ sizes: [UInt8]) {
        let isFar = start >= Self.large
        let wide = sizes + (isFar ? number(start, 8) : [])
        let extra = wide.isEmpty ? [] : field(1, wide)
        directory += number(0x0201_4B50, 4) + number(45, 2) + description + number(extra.count, 2)
        // No comment, the first disk, no attributes.
        directory += [UInt8](repeating: 0, count: 10) + number(isFar ? Self.large : start, 4)
        directory += Array(name.utf8) + extra
        count += 1
    }

    private mutating func finish() throws(FileError) {
        let (start, size) = (position, directory.count)
        try write(directory)
        if count >= 0xFFFF || start >= Self.large || size >= Self.large {
            let end = position
            try write(
                number(0x0606_4B50, 4) + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8)
                    + number(count, 8) + number(count, 8) + number(size, 8) + number(start, 8))
            try write(number(0x0706_4B50, 4) + number(0, 4) + number(end, 8) + number(1, 4))
        }
        let shown = min(count, 0xFFFF)
        try write(
            number(0x0605_4B50, 4) + number(0, 4) + number(shown, 2) + number(shown, 2)
                + number(min(size, Self.large), 4) + number(min(start, Self.large), 4) + number(0, 2))
    }

    /// A field that PyTorch's writer fills with as many bytes as move what follows to a multiple of the alignment.
    private func padding(after position: Int) -> [UInt8] {
        let room = (alignment - (position + 4) % alignment) % alignment
        return field(0x4246, [UInt8](repeating: UInt8(ascii: "Z"), count: room))
    }

    private func field(_ kind: Int, _ bytes: [UInt8]) -> [UInt8] {
        number(kind, 2) + number(bytes.count, 2) + bytes
    }

    private func number(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try file.write(bytes)
        position += bytes.count
    }

    private mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try file.write(bytes)
        position += bytes.count
    }

    private func deflated(_ parts: [UnsafeRawBufferPointer]) throws(FileError) -> [UInt8] {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        defer { stream.deallocate() }
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw FileError(path: path, .system(ENOMEM), "zlib cannot start (code \(status))")
        }
        defer { deflateEnd(stream) }
        var result: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1 << 16)
        func run(_ flush: Int32) {
            repeat {
                room.withUnsafeMutableBufferPointer { room in
                    stream.pointee.next_out = room.baseAddress
                    stream.pointee.avail_out = UInt32(room.count)
                    deflate(stream, flush)
                }
                result += room.prefix(room.count - Int(stream.pointee.avail_out))
            } while stream.pointee.avail_out == 0
        }
        for part in parts {
            var rest = part[...]
            while !rest.isEmpty {
                let chunk = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
                stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: chunk.baseAddress!.assumingMemoryBound(to: UInt8.self))
                stream.pointee.avail_in = UInt32(chunk.count)
                run(Z_NO_FLUSH)
                rest = rest.dropFirst(chunk.count)
            }
        }
        run(Z_FINISH)
        return result
    }
}

import Glibc

/// Archives of files, plain or gzipped: POSIX ustar, of which chosen files are unpacked.
///
/// Names in an archive never become paths: the caller says which files are wanted and where each goes.
package enum Tar {
    private static let blockSize = 512
    /// The most bytes, unpacked, that are read of an archive unless a call says otherwise: 4 GiB.
    package static let defaultLimit = 4 << 30

    /// Writes the files of these names to these paths, each whole or not at all; the rest of the archive is passed over,
    /// and read to its end.
    ///
    /// - Throws: `FileError`, for an archive that is damaged, too large, or lacks one of the files.
    package static func unpack(
        _ path: String, _ destinations: [String: String], limit: Int = defaultLimit
    ) throws(FileError) {
        var reader = try TarReader(path, limit: limit)
        var wanted = destinations
        while let entry = try reader.next() {
            guard let destination = wanted[entry.name] else {
                try reader.read(entry.size) { _ in }
                continue
            }
            guard entry.isFile else {
                throw FileError(
                    path: path, .unexpected,
                    "expected '\(oneLine(entry.name))' to be a file, found something else")
            }
            wanted[entry.name] = nil
            try AtomicFile.write(format: destination) { file throws(FileError) in
                try reader.read(entry.size) { bytes throws(FileError) in try file.write(bytes) }
            }
        }
        if let missing = wanted.keys.min() {
            throw FileError(
                path: path, .unexpected, "expected a file '\(missing)' in the archive, found none")
        }
    }

    private struct TarReader {
        struct Entry {
            let name: String
            let size: Int
            let isFile: Bool
        }

        private let path: String
        private let source: any ByteSource
        private var left: Int
        private var buffer = [UInt8](repeating: 0, count: 128 * blockSize)

        init(_ path: String, limit: Int) throws(FileError) {
            self.path = path
            left = limit
            let file = try InputFile(path)
            var magic: (UInt8, UInt8) = (0, 0)
            let got = try file.read(into: &magic, count: 2)
            try file.rewind()
            source = got == 2 && magic == (0x1F, 0x8B) ? try GzipInput(file) : file
        }

        /// The next file; nil at the end of the archive, to which everything has then been read.
        mutating func next() throws(FileError) -> Entry? {
            try fill(Tar.blockSize)
            if buffer[..<Tar.blockSize].allSatisfy({ $0 == 0 }) {
                while try source.read(into: &buffer, count: buffer.count) > 0 {
                    left -= buffer.count
                    if left < 0 { throw tooLarge }
                }
                if !source.isComplete { throw damaged("it ends early") }
                return nil
            }
            guard let sum = number(148..<156), sum == checksum else {
                throw damaged("the checksum of a header is wrong")
            }
            guard let size = number(124..<136) else { throw damaged("a size is no number") }
            var name = text(0..<100)
            let prefix = text(345..<500)
            if buffer[257..<262].elementsEqual("ustar".utf8) && !prefix.isEmpty { name = prefix + "/" + name }
            if name.hasPrefix("./") { name.removeFirst(2) }
            return Entry(name: name, size: size, isFile: buffer[156] == 0 || buffer[156] == 0x30)
        }

        /// Reads the contents of the file whose header came last.
        mutating func read(
            _ size: Int, _ body: (UnsafeRawBufferPointer) throws(FileError) -> Void
        ) throws(FileError) {
            var rest = size
            while rest > 0 {
                let part = min(rest, buffer.count)
                try fill((part + Tar.blockSize - 1) / Tar.blockSize * Tar.blockSize)
                try buffer.withUnsafeBufferPointer { bytes throws(FileError) in
                    try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[..<part])))
                }
                rest -= part
            }
        }

        private mutating func fill(_ count: Int) throws(FileError) {
            left -= count
            if left < 0 { throw tooLarge }
            if try source.read(into: &buffer, count: count) < count { throw damaged("it ends early") }
        }

        /// Octal digits, between spaces and zeros.
        private func number(_ range: Range<Int>) -> Int? {
            let digits = text(range).filter { $0 != " " }
            return digits.isEmpty ? nil : Int(digits, radix: 8).flatMap { $0 >= 0 ? $0 : nil }
        }

        private func text(_ range: Range<Int>) -> String {
            String(decoding: buffer[range].prefix { $0 != 0 }, as: UTF8.self)
        }

        /// The sum of a header's bytes, with spaces for the sum itself.
        private var checksum: Int {
            (0..<Tar.blockSize).reduce(0) { $0 + (148..<156 ~= $1 ? 32 : Int(buffer[$1])) }
        }

        private func damaged(_ reason: String) -> FileError {
            FileError(path: path, .damaged, "expected a sound tar archive, found it damaged: \(reason)")
        }

        private var tooLarge: FileError {
            FileError(path: path, .tooLarge, "the archive has more bytes than are unpacked")
        }
    }
}

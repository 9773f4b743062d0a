import Glibc
import Synchronization

/// A file that appears whole or not at all.
///
/// `AtomicFile.write(to:_:)` writes to a temporary name in the same folder, flushes it to the disk and
/// renames it into place. Whoever reads the destination, at any moment and after any crash, finds the
/// old contents or the new ones.
package final class AtomicFile {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private static let bufferSize = 1 << 18
    static let counter = Atomic<Int>(0)

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    /// Replaces or creates the file at `path` with what `body` writes.
    ///
    /// If `body` or the system fails, the temporary file is removed and the old one stays as it was.
    /// A link is followed; the permissions of an existing file are kept.
    ///
    /// - Throws: `FileError` (full disk, unwritable folder, not a regular file), or what `body` throws.
    package static func write(to path: String, _ body: (AtomicFile) throws -> Void) throws {
        let (destination, mode) = try resolve(path)
        let (folder, name) = split(destination)
        removeLeftovers(of: name, in: folder)
        let (temporary, descriptor) = try createTemporary(for: name, in: folder, path: path)
        // Closing ends the lock, by which other writers know this file from a leftover: it comes last.
        defer { close(descriptor) }
        do {
            let file = AtomicFile(path: path, descriptor: descriptor)
            try body(file)
            try file.flush()
            if let mode, fchmod(descriptor, mode) != 0 {
                throw FileError(path: path, action: "set its permissions")
            }
            guard fsync(descriptor) == 0 else { throw FileError(path: path, action: "flush to disk") }
            guard rename(temporary, destination) == 0 else {
                throw FileError(path: path, action: "rename into place")
            }
        } catch {
            unlink(temporary)
            throw error
        }
        try flushFolder(folder)
    }

    /// The same for what a format writes, which fails with files' errors alone.
    static func write(
        format path: String, _ body: (AtomicFile) throws(FileError) -> Void
    ) throws(FileError) {
        do { try write(to: path) { file in try body(file) } } catch { throw error as! FileError }
    }

    /// Replaces or creates the file at `path` with this text, in UTF-8.
    package static func write(_ text: String, to path: String) throws(FileError) {
        try write(format: path) { file throws(FileError) in try file.write(text) }
    }

    /// Adds bytes at the end.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        if buffer.count + bytes.count <= Self.bufferSize {
            buffer.append(contentsOf: bytes)
            return
        }
        try flush()
        if bytes.count < Self.bufferSize {
            buffer.append(contentsOf: bytes)
        } else {
            try writeThrough(bytes)
        }
    }

    /// Adds bytes at the end.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withUnsafeBufferPointer { bytes throws(FileError) in
            try write(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Adds text at the end, in UTF-8.
    package func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }

    private func flush() throws(FileError) {
        defer { buffer.removeAll(keepingCapacity: true) }
        try buffer.withUnsafeBufferPointer { bytes throws(FileError) in
            try writeThrough(UnsafeRawBufferPointer(bytes))
        }
    }

    private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            let written = Glibc.write(descriptor, chunk.baseAddress, chunk.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw FileError(path: path, action: "write")
            }
            rest = rest.dropFirst(written)
        }
    }

    /// The file that a link leads to, and the permissions of the file that is there.
    private static func resolve(_ path: String) throws(FileError) -> (destination: String, mode: mode_t?) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return (path, nil) }
            throw FileError(path: path, action: "write")
        }
        // Renaming over a device such as /dev/null would replace the device.
        guard status.st_mode & S_IFMT == S_IFREG else {
            let kind = RegularFile.kind(status.st_mode)
            throw FileError(path: path, .otherFormat, "expected a regular file to write, found \(kind)")
        }
        guard let real = realpath(path, nil) else { throw FileError(path: path, action: "resolve") }
        defer { free(real) }
        return (String(cString: real), status.st_mode & 0o7777)
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
        let name = String(path[path.utf8.index(after: slash)...])
        return slash == path.startIndex ? ("/", name) : (String(path[..<slash]), name)
    }

    private static func flushFolder(_ folder: String) throws(FileError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: folder, action: "open the folder") }
        defer { close(descriptor) }
        // Some network file systems cannot flush folders and say EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw FileError(path: folder, action: "flush the folder to disk")
        }
    }
}

import Glibc

/// A file's bytes seen as memory, read from disk when they are touched.
///
/// The mapping outlives the file's name: deleting or replacing the file (by rename) leaves the bytes
/// as they were. Shortening the file in place does not: touching bytes that are gone stops the process
/// with SIGBUS, as in every program that maps files. Replace files by rename, as `AtomicFile` does.
package final class MappedFile: @unchecked Sendable {
    package let path: String
    /// The whole file. Valid while this object lives; never written.
    package let bytes: UnsafeRawBufferPointer

    /// Maps a regular file; an empty one gives no bytes.
    ///
    /// - Throws: `FileError` where the file cannot be opened or mapped, or is a folder, pipe or device.
    package init(_ path: String) throws(FileError) {
        self.path = path
        // Without O_NONBLOCK, opening a pipe would wait for somebody to write to it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(path: path, action: "open") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, action: "read its size") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(path: path, reason: "expected a regular file, found \(Self.kind(status.st_mode))")
        }
        let byteCount = Int(status.st_size)
        if byteCount == 0 {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
        else { throw FileError(path: path, action: "map into memory") }
        bytes = UnsafeRawBufferPointer(start: start, count: byteCount)
    }

    deinit {
        if let start = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        }
    }

    static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }
}

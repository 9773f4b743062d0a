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
        let file = try RegularFile(path)
        // It closes when it is dropped.
        defer { withExtendedLifetime(file) {} }
        if file.size == 0 {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, file.size, PROT_READ, MAP_PRIVATE, file.descriptor, 0),
            start != MAP_FAILED
        else { throw FileError(path: path, action: "map into memory") }
        bytes = UnsafeRawBufferPointer(start: start, count: file.size)
    }

    deinit {
        if let start = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        }
    }
}

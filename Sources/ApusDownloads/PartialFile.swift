import ApusFormats
import Glibc

/// What has come of a file so far, beside the place where it will be: `name.part`.
final class PartialFile: @unchecked Sendable {
    private let destination: String
    private let path: String
    private let descriptor: Int32
    private var isOpen = true
    /// Bytes so far.
    private(set) var size = 0

    /// Goes on with what is there, which no other process may be writing.
    init(_ destination: String) throws(FileError) {
        self.destination = destination
        path = destination + ".part"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, action: "write") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            close(descriptor)
            throw isHeld
                ? FileError(path: path, .unexpected, "another process is fetching it")
                : FileError(path: path, action: "lock")
        }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else {
            close(descriptor)
            throw FileError(path: path, action: "read")
        }
        size = Int(end)
    }

    deinit { end() }

    /// Lets others write it; what is empty is nothing to go on from.
    func end() {
        if !isOpen { return }
        isOpen = false
        if size == 0 { unlink(path) }
        close(descriptor)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = UnsafeRawBufferPointer(rebasing: rest)
            let written = write(descriptor, chunk.baseAddress, chunk.count)
            if written < 0 && errno == EINTR { continue }
            if written < 0 { throw FileError(path: path, action: "write") }
            size += written
            rest = rest.dropFirst(written)
        }
    }

    /// Begins anew.
    func truncate() throws(FileError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw FileError(path: path, action: "write")
        }
        size = 0
    }

    /// Why it is not this file, whole; nil where it is.
    func objection(_ file: PublishedDataset.File) throws(FileError) -> String? {
        try file.objection(to: path)
    }

    /// Moves the whole file to where it belongs.
    func finish() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(path: path, action: "flush to disk") }
        guard rename(path, destination) == 0 else {
            throw FileError(path: destination, action: "rename into place")
        }
    }
}

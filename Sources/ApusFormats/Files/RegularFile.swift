import Glibc

/// A regular file open for reading; closed when dropped.
final class RegularFile {
    let path: String
    let descriptor: Int32
    let size: Int

    /// - Throws: `FileError` where the file cannot be opened, or is a folder, pipe or device.
    init(_ path: String) throws(FileError) {
        self.path = path
        // Without O_NONBLOCK, opening a pipe would wait for somebody to write to it.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { throw FileError(path: path, .missing, "no such file") }
            throw FileError(path: path, action: "open")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = FileError(path: path, action: "read its size")
            close(descriptor)
            throw error
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let kind = Self.kind(status.st_mode)
            throw FileError(path: path, .otherFormat, "expected a regular file, found \(kind)")
        }
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }
}

import Glibc

/// Bytes that come in order, from a file or out of a compressed one.
protocol ByteSource: AnyObject {
    /// Reads `count` bytes, fewer only where the data ends.
    func read(into buffer: UnsafeMutableRawPointer, count: Int) throws(InputFileError) -> Int
}

/// Why a file's bytes could not be had; the readers turn it into their own error.
enum InputFileError: Error {
    case missing
    case notReadable(reason: String)
    /// The bytes are there, but the compressed stream around them is broken.
    case damaged(reason: String)
    /// The data stops early; `found` bytes of this request were there.
    case cutShort(found: Int)
}

/// A regular file open for reading; closed when dropped.
final class InputFile: ByteSource {
    let size: Int
    private let descriptor: Int32

    init(_ path: String) throws(InputFileError) {
        // Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { throw .missing }
            throw .notReadable(reason: systemMessage(errno))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw .notReadable(reason: systemMessage(code))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let isDirectory = status.st_mode & S_IFMT == S_IFDIR
            throw .notReadable(reason: isDirectory ? "it is a directory" : "it is not a regular file")
        }
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    func read(into buffer: UnsafeMutableRawPointer, count: Int) throws(InputFileError) -> Int {
        var done = 0
        while done < count {
            let got = Glibc.read(descriptor, buffer + done, min(count - done, 1 << 30))
            if got < 0 && errno == EINTR { continue }
            if got < 0 { throw .notReadable(reason: systemMessage(errno)) }
            if got == 0 { break }
            done += got
        }
        return done
    }

    /// All bytes of a file whose size is known to be reasonable.
    func readAll() throws(InputFileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        let got = try read(into: &bytes, count: size)
        guard got == size else { throw .cutShort(found: got) }
        return bytes
    }

    func rewind() throws(InputFileError) {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .notReadable(reason: systemMessage(errno)) }
    }
}

/// The bytes of a pipe or another descriptor whose size nobody knows, to its end.
///
/// - Parameters:
///   - descriptor: open for reading; it stays open.
///   - beginning: what does not begin with these bytes is not read further.
///   - limit: the most bytes.
func readStream(
    _ descriptor: Int32, beginning: [UInt8], limit: Int
) throws(InputFileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let got = Glibc.read(descriptor, &chunk, chunk.count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { throw .notReadable(reason: systemMessage(errno)) }
        bytes += chunk[..<got]
        if bytes.count > limit { throw .notReadable(reason: "more than \(limit) bytes came") }
        let isOther = bytes.count >= beginning.count && !bytes.starts(with: beginning)
        if got == 0 || isOther { return bytes }
    }
}

/// What the system says about an error number, such as `Permission denied`.
func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) }

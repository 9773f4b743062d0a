import Glibc

/// Bytes that come in order, from a file or out of a compressed one.
protocol ByteSource: AnyObject {
    /// Reads `count` bytes, fewer only where the data end.
    func read(into buffer: UnsafeMutableRawPointer, count: Int) throws(FileError) -> Int
    /// Whether the data have ended where they should, rather than been cut short.
    var isComplete: Bool { get }
}

/// A regular file that is read from its beginning to its end.
final class InputFile: ByteSource {
    private let file: RegularFile

    var path: String { file.path }
    var size: Int { file.size }
    var isComplete: Bool { true }

    init(_ path: String) throws(FileError) { file = try RegularFile(path) }

    func read(into buffer: UnsafeMutableRawPointer, count: Int) throws(FileError) -> Int {
        var done = 0
        while done < count {
            let got = Glibc.read(file.descriptor, buffer + done, min(count - done, 1 << 30))
            if got < 0 && errno == EINTR { continue }
            if got < 0 { throw FileError(path: path, action: "read") }
            if got == 0 { break }
            done += got
        }
        return done
    }

    /// All bytes of a file whose size is known to be reasonable.
    func readAll() throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        guard try read(into: &bytes, count: size) == size else {
            throw FileError(path: path, .damaged, "it became shorter while it was read")
        }
        return bytes
    }

    func rewind() throws(FileError) {
        guard lseek(file.descriptor, 0, SEEK_SET) == 0 else { throw FileError(path: path, action: "read") }
    }
}

/// The bytes of a pipe or another descriptor whose size nobody knows, to its end.
///
/// - Parameters:
///   - descriptor: open for reading; it stays open.
///   - name: what it is called in errors.
///   - limit: the most bytes.
///   - mayBegin: whether what is wanted may begin with the bytes so far; if not, no more are read.
func readStream(
    _ descriptor: Int32, name: String, limit: Int, mayBegin: ([UInt8]) -> Bool
) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var isKnown = false
    while true {
        let got = Glibc.read(descriptor, &chunk, chunk.count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { throw FileError(path: name, action: "read") }
        bytes += chunk[..<got]
        if bytes.count > limit { throw FileError(path: name, .tooLarge, "more than \(limit) bytes came") }
        if got == 0 || !isKnown && !mayBegin(bytes) { return bytes }
        // What decides stands at the beginning.
        isKnown = bytes.count >= 64
    }
}

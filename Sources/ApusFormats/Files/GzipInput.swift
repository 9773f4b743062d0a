import CZlib

/// The contents of a gzip file, inflated as they are asked for.
///
/// Members may be concatenated, and zero bytes may follow the last one, as the `gzip` tool allows. Every
/// member's checksum and length are verified before the end of its data is reported. Memory: one input
/// chunk and zlib's window, whatever the file says. Format: RFC 1952.
final class GzipInput: ByteSource {
    private static let chunkSize = 64 << 10

    private let file: InputFile
    // zlib keeps a pointer to its stream, which therefore must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let chunk: UnsafeMutablePointer<UInt8>
    private var ended = false
    private(set) var isComplete = true

    init(_ file: InputFile) throws(FileError) {
        self.file = file
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        chunk = .allocate(capacity: Self.chunkSize)
        let gzipOnly: Int32 = MAX_WBITS + 16
        let status = inflateInit2_(stream, gzipOnly, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw damaged("zlib cannot start (code \(status))") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        chunk.deallocate()
    }

    func read(into buffer: UnsafeMutableRawPointer, count: Int) throws(FileError) -> Int {
        var done = 0
        while done < count && !ended {
            guard try fill() else {
                (ended, isComplete) = (true, false)
                break
            }
            let room = UInt32(min(count - done, 1 << 30))
            stream.pointee.next_out = (buffer + done).assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = room
            let status = inflate(stream, Z_NO_FLUSH)
            done += Int(room - stream.pointee.avail_out)
            switch status {
            case Z_OK, Z_BUF_ERROR: continue  // it needs more input or more room
            case Z_STREAM_END: try startNextMember()
            default: throw damaged(message ?? "zlib code \(status)")
            }
        }
        return done
    }

    private func damaged(_ reason: String) -> FileError {
        FileError(path: file.path, .damaged, "expected a sound gzip stream, found it damaged: \(reason)")
    }

    private var message: String? { stream.pointee.msg.map { String(cString: $0) } }

    /// Makes sure that there is compressed input; false where the file has no more.
    private func fill() throws(FileError) -> Bool {
        if stream.pointee.avail_in > 0 { return true }
        let got = try file.read(into: chunk, count: Self.chunkSize)
        stream.pointee.next_in = chunk
        stream.pointee.avail_in = UInt32(got)
        return got > 0
    }

    private func startNextMember() throws(FileError) {
        while try fill() {
            let byte = stream.pointee.next_in[0]
            if byte == 0x1F {
                inflateReset(stream)
                return
            }
            guard byte == 0 else { throw damaged("other data follows the compressed stream") }
            stream.pointee.next_in += 1
            stream.pointee.avail_in -= 1
        }
        ended = true
    }
}

/// Hands on what a gzip file holds, piece by piece.
package func readGzip(
    _ path: String, _ body: (UnsafeRawBufferPointer) -> Void
) throws(FileError) {
    let input = try GzipInput(InputFile(path))
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
        let got = try input.read(into: &chunk, count: chunk.count)
        chunk.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
        if got < chunk.count { break }
    }
    if !input.isComplete {
        throw FileError(path: path, .damaged, "expected a whole gzip stream, found it cut short")
    }
}

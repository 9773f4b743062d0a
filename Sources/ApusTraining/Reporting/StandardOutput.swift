import ApusFormats
import Glibc
import Synchronization

/// What the program prints, written at once and checked: a full disk or a closed terminal is an error, not silence.
package enum StandardOutput {
    private static let failure = Mutex<FileError?>(nil)
    private static let isInLine = Atomic(false)

    /// Writes a line.
    ///
    /// - Throws: `FileError`, named `standard output`.
    package static func writeLine(_ line: String) throws {
        write(line + "\n")
        try check()
    }

    /// Writes text. A failure is kept for `check`, and nothing more is written: a run goes on without its reports.
    package static func write(_ text: String) {
        failure.locked { failure in
            if failure != nil { return }
            failure = send(text, to: STDOUT_FILENO)
            if let last = text.last { isInLine.store(last != "\n", ordering: .relaxed) }
        }
    }

    /// Throws where something could not be written.
    package static func check() throws {
        if let error = failure.locked({ $0 }) { throw error }
    }

    /// What `check` throws where the reader has gone away.
    package static let closedPipe = FileError(path: "standard output", action: "write", code: EPIPE)

    /// Writes an error's line to standard error; below a bar that stands on standard output's terminal.
    package static func writeError(_ line: String) {
        if isInLine.load(ordering: .relaxed) && isatty(STDOUT_FILENO) == 1 {
            _ = send("\n", to: STDOUT_FILENO)
        }
        // Where this fails too, nobody is left to tell.
        _ = send(line + "\n", to: STDERR_FILENO)
    }

    private static func send(_ text: String, to descriptor: Int32) -> FileError? {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let chunk = UnsafeRawBufferPointer(rebasing: rest)
                let written = Glibc.write(descriptor, chunk.baseAddress, chunk.count)
                if written >= 0 {
                    rest = rest.dropFirst(written)
                } else if errno == EAGAIN {
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&ready, 1, -1)
                } else if errno != EINTR {
                    return FileError(path: "standard output", action: "write")
                }
            }
            return nil
        }
    }
}

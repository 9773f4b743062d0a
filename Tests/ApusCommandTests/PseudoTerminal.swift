import Foundation
import Testing

/// A program whose output and errors go to a terminal of a chosen width.
final class PseudoTerminal {
    private let terminal: Int32
    private let process = Process()

    /// - Parameter columns: nil for a terminal that does not say how wide it is.
    init(_ arguments: [String], in folder: String, columns: Int? = nil, type: String = "xterm") throws {
        // What posix_openpt, unlockpt and ptsname do, which Glibc's module lacks.
        let (lock, number) = (UInt(0x4004_5431), UInt(0x8004_5430))  // TIOCSPTLCK, TIOCGPTN
        terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        try #require(terminal >= 0)
        var value: Int32 = 0
        try #require(ioctl(terminal, lock, &value) == 0 && ioctl(terminal, number, &value) == 0)
        let other = open("/dev/pts/\(value)", O_RDWR | O_NOCTTY)
        try #require(other >= 0)
        if let columns { resize(columns) }
        process.executableURL = URL(filePath: CommandTests.program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(["TERM": type]) { $1 }
        process.standardOutput = FileHandle(fileDescriptor: other)
        process.standardError = FileHandle(fileDescriptor: other)
        try CommandTests.startWithoutBlockedSignals(process)
        close(other)
    }

    deinit { close(terminal) }

    func resize(_ columns: Int) {
        var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
    }

    /// Holds the program, so that nothing is under way while something else changes.
    func pause() {
        kill(process.processIdentifier, SIGSTOP)
        usleep(20_000)
    }

    func goOn() { kill(process.processIdentifier, SIGCONT) }

    /// What was sent since the last call, as whole characters; nil once the program has ended.
    ///
    /// - Parameter waiting: wait until there is something.
    func received(waiting: Bool = true) -> String? {
        while true {
            var ready = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            if poll(&ready, 1, waiting ? -1 : 0) == 0 { return "" }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = read(terminal, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            // Reading fails once the last writer has closed its end.
            if count <= 0 { return nil }
            bytes += buffer[..<count]
            // A character may have come in part.
            var whole = bytes.count
            while whole > 0, String(validating: bytes[..<whole], as: UTF8.self) == nil { whole -= 1 }
            defer { bytes.removeFirst(whole) }
            return String(decoding: bytes[..<whole], as: UTF8.self)
        }
    }

    private var bytes: [UInt8] = []

    /// Everything that is sent until the program ends.
    func rest() -> (status: Int32, text: String) {
        var text = ""
        while let part = received() { text += part }
        return (status, text)
    }

    var status: Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}

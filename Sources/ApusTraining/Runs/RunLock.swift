import ApusFormats
import Foundation
import Glibc
import Synchronization

/// A folder that one process at a time writes to.
///
/// The lock is on a file in the folder, `.lock`, that says who holds it. The system gives it up when the process
/// ends, however it ends; the file then stays behind, and is removed where the process ends in order.
final class RunLock: Sendable {
    /// The file's name.
    static let file = ".lock"

    /// Whether a process that held the lock was killed.
    let wasLeftBehind: Bool
    private let path: String
    private let descriptor: Int32
    private let keepsFile: Atomic<Bool>

    /// - Throws: `TrainingError.inUse` where another process, or another trainer of this one, holds it.
    init(_ folder: String) throws {
        let path = "\(folder)/\(RunLock.file)"
        let (descriptor, isNew) = try RunLock.take(path, folder)
        (self.path, self.descriptor, wasLeftBehind) = (path, descriptor, !isNew)
        keepsFile = Atomic(!isNew)
        let text = Array("process \(getpid()) since \(RunLock.now())\n".utf8)
        ftruncate(descriptor, 0)
        // A name that cannot be written (a full disk) is missed by nobody but who is told to wait.
        _ = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    private static func take(_ path: String, _ folder: String) throws -> (descriptor: Int32, isNew: Bool) {
        while true {
            var isNew = true
            var descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
            if descriptor < 0 && errno == EEXIST {
                isNew = false
                descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
                if descriptor < 0 && errno == ENOENT { continue }
            }
            if descriptor < 0 { throw FileError(path: path, action: "lock the run's folder") }
            // File systems without locks say something else; then there is none.
            if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
                defer { close(descriptor) }
                throw TrainingError.inUse(folder: folder, holder: holder(descriptor))
            }
            // Whoever held it may have removed the file meanwhile.
            var (held, named) = (stat(), stat())
            if fstat(descriptor, &held) == 0, lstat(path, &named) == 0, held.st_ino == named.st_ino {
                return (descriptor, isNew)
            }
            close(descriptor)
        }
    }

    /// Whether a process writes to the folder.
    static func isHeld(_ folder: String) -> Bool {
        let descriptor = open("\(folder)/\(RunLock.file)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        if descriptor < 0 { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// The run has got beyond where it was left: the file need not tell of it any more.
    func forgetWhatWasLeft() { keepsFile.store(false, ordering: .relaxed) }

    deinit {
        if !keepsFile.load(ordering: .relaxed) { unlink(path) }
        close(descriptor)
    }

    /// What the holder wrote; it may not have come to it.
    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 80)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        let line = text.prefix {
            !$0.isNewline && ($0.isASCII && ($0.isLetter || $0.isNumber || " :-".contains($0)))
        }
        return line.isEmpty ? "another process" : String(line)
    }

    /// Local time, as `2026-11-28 05:00:12`.
    private static func now() -> String {
        var seconds = time(nil)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return String(
            format: "%04d-%02d-%02d %02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
            parts.tm_hour, parts.tm_min, parts.tm_sec)
    }
}

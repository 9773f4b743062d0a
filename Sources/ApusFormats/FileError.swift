import Glibc

/// A file that the system would not open, read or write, and why.
///
/// The description is one line: `run/last.safetensors: cannot write: No space left on device`.
public struct FileError: Error, CustomStringConvertible, Sendable, Equatable {
    /// That of the file or folder.
    public let path: String
    /// What could not be done and why, such as `cannot open: Permission denied`.
    public let reason: String
    /// The system's error number, or 0 where it was not the system that refused.
    public let code: Int32

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
        code = 0
    }

    /// The failed system call's `errno`; `action` completes "cannot …".
    package init(path: String, action: String, code: Int32 = errno) {
        self.path = path
        self.code = code
        reason = "cannot \(action): \(String(cString: strerror(code)))"
    }

    /// The path and the reason in one line.
    public var description: String { "\(path): \(reason)" }
}

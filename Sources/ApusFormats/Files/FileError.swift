import Glibc

/// A file that could not be had or written, or that is not what it should be: the one error of all formats.
///
/// The description is one line: the file, what was expected and what was found, as in
/// `run/last.safetensors: cannot write: No space left on device`.
public struct FileError: Error, CustomStringConvertible, Sendable, Equatable {
    /// What a program may want to tell apart.
    public enum Kind: Sendable, Equatable {
        /// There is no such file or folder.
        case missing
        /// The system refused, with this error number (`errno`).
        case system(Int32)
        /// It is something else: a folder or a device, or a file that does not begin as its format does.
        case otherFormat
        /// It breaks a rule of its format, or ends early.
        case damaged
        /// It has or promises more than is read, or than a file of its size can hold.
        case tooLarge
        /// It is sound, but not what was asked for: another type or shape, or no tensor of a name.
        case unexpected
        /// The format cannot say what was to be written.
        case unwritable
    }

    /// That of the file or folder; of a stream what it is called.
    public let path: String
    /// What a program may want to tell apart.
    public let kind: Kind
    /// What was expected and what was found, or what could not be done and why, such as `cannot open: Permission denied`.
    public let reason: String

    package init(path: String, _ kind: Kind, _ reason: String) {
        self.path = path
        self.kind = kind
        self.reason = reason
    }

    /// The failed system call's `errno`; `action` completes "cannot …".
    package init(path: String, action: String, code: Int32 = errno) {
        self.init(path: path, .system(code), "cannot \(action): \(String(cString: strerror(code)))")
    }

    /// What the bytes of a file have been found to be.
    init(path: String, _ fault: Fault) { self.init(path: path, fault.kind, fault.reason) }

    /// The path and the reason in one line.
    public var description: String { "\(path): \(reason)" }
}

/// What is wrong with bytes, for those who read them and do not know whose they are.
struct Fault: Error {
    let kind: FileError.Kind
    let reason: String

    init(_ kind: FileError.Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    static func damaged(_ reason: String) -> Fault { Fault(.damaged, reason) }
}

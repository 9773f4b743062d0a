import Glibc

/// Why a file could not be written.
struct OutputFileError: Error {
    let reason: String
}

/// Writes a file that appears whole or not at all: under another name first, then renamed.
func writeAtomically(_ bytes: [UInt8], to path: String) throws(OutputFileError) {
    // In the same folder, as a rename cannot cross file systems.
    let name = "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36)).partial"
    let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw OutputFileError(reason: systemMessage(errno)) }
    var done = 0
    var good = true
    while good && done < bytes.count {
        let put = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, bytes.count - done) }
        if put < 0 && errno == EINTR { continue }
        if put < 0 { good = false } else { done += put }
    }
    good = good && fsync(descriptor) == 0
    var code = errno
    if close(descriptor) != 0 && good {
        good = false
        code = errno
    }
    if good && rename(name, path) != 0 {
        good = false
        code = errno
    }
    if !good {
        unlink(name)
        throw OutputFileError(reason: systemMessage(code))
    }
}

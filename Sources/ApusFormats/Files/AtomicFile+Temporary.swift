import Glibc

extension AtomicFile {
    /// Creates and locks a temporary file beside the destination.
    ///
    /// The lock, which ends with the process, tells a file being written from one that a killed
    /// process left.
    static func createTemporary(
        for name: String, in folder: String, path: String
    ) throws(FileError) -> (temporary: String, descriptor: Int32) {
        guard !name.isEmpty else { throw FileError(path: path, .missing, "expected the name of a file") }
        while true {
            let number = counter.add(1, ordering: .relaxed).newValue
            let temporary = "\(folder)/\(prefix(of: name))\(getpid())-\(number)\(suffix)"
            let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor < 0 {
                if errno == EEXIST { continue }
                throw FileError(path: path, action: "write")
            }
            _ = flock(descriptor, LOCK_EX | LOCK_NB)
            // Another writer may have taken it for a leftover before it was locked.
            var status = stat()
            if fstat(descriptor, &status) == 0, status.st_nlink > 0 { return (temporary, descriptor) }
            close(descriptor)
        }
    }

    /// Removes the temporary files of this name whose writers are gone.
    static func removeLeftovers(of name: String, in folder: String) {
        guard let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        let prefix = prefix(of: name)
        while let entry = readdir(directory) {
            let candidate = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard candidate.hasPrefix(prefix), candidate.hasSuffix(suffix) else { continue }
            let middle = candidate.dropFirst(prefix.count).dropLast(suffix.count)
            guard !middle.isEmpty, middle.utf8.allSatisfy({ (48...57).contains($0) || $0 == 45 }) else {
                continue
            }
            let descriptor = open("\(folder)/\(candidate)", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink("\(folder)/\(candidate)") }
            close(descriptor)
        }
    }

    /// Names have at most 255 bytes: of a long one the temporary file carries only the start.
    private static func prefix(of name: String) -> String {
        name.utf8.count <= 200
            ? ".\(name)." : "." + String(decoding: name.utf8.prefix(200), as: UTF8.self) + "."
    }

    private static let suffix = ".tmp"
}

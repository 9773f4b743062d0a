import CZip

/// The members of a ZIP archive, as its central directory lists them, read one by one.
///
/// What the directory says is checked before any member is read: names that lead out of the archive or that two members
/// have, more compressed bytes than the file has, and more contents than compressed bytes can stand for are refused.
final class ZipInput {
    struct Member {
        /// With `/` between the folders.
        let name: String
        /// Bytes of its contents.
        let size: Int
        fileprivate let index: UInt64
    }

    let path: String
    /// In the order of the directory, without folders.
    private(set) var members: [Member] = []
    private let file: MappedFile
    private let archive: OpaquePointer

    /// - Parameters:
    ///   - path: the file.
    ///   - limit: the most bytes that its compressed members may have together once they are inflated. Stored ones are no larger than the
    ///     file.
    init(_ path: String, limit: Int) throws(FileError) {
        self.path = path
        file = try MappedFile(path)
        guard Self.isArchive(file.bytes) else {
            throw FileError(
                path: path, .otherFormat,
                "expected a ZIP archive, which begins with PK, found "
                    + "[\(hexadecimal(Array(file.bytes.prefix(4))))]")
        }
        var error = zip_error_t()
        zip_error_init(&error)
        defer { zip_error_fini(&error) }
        guard
            let source = zip_source_buffer_create(file.bytes.baseAddress, UInt64(file.bytes.count), 0, &error)
        else { throw Self.damaged(path, String(cString: zip_error_strerror(&error))) }
        guard let archive = zip_open_from_source(source, ZIP_RDONLY, &error) else {
            zip_source_free(source)
            throw Self.damaged(path, String(cString: zip_error_strerror(&error)))
        }
        self.archive = archive
        do throws(Fault) { try check(limit: limit) } catch { throw FileError(path: path, error) }
    }

    deinit { zip_discard(archive) }

    /// Whether the file begins as archives do, with a member or with the end of an empty directory.
    static func isArchive(_ beginning: some Sequence<UInt8>) -> Bool {
        let four = Array(beginning.prefix(4))
        return four == [0x50, 0x4B, 3, 4] || four == [0x50, 0x4B, 5, 6]
    }

    /// Starts to read a member.
    func open(_ member: Member) throws(FileError) -> ZipMember { try ZipMember(member, in: self) }

    fileprivate func start(_ member: Member) throws(FileError) -> OpaquePointer {
        guard let stream = zip_fopen_index(archive, member.index, 0) else {
            throw Self.damaged(
                path,
                "\(Fault.quoted(member.name)): \(String(cString: zip_error_strerror(zip_get_error(archive))))"
            )
        }
        return stream
    }

    fileprivate static func damaged(_ path: String, _ reason: String) -> FileError {
        FileError(path: path, .damaged, "expected a sound ZIP archive, found it damaged: \(reason)")
    }

    private func check(limit: Int) throws(Fault) {
        var names = Set<String>()
        var (compressed, inflated) = (0, 0)
        for index in 0..<UInt64(max(zip_get_num_entries(archive, 0), 0)) {
            var status = zip_stat_t()
            guard zip_stat_index(archive, index, zip_flags_t(ZIP_FL_ENC_RAW), &status) == 0,
                let raw = status.name, let name = String(validatingCString: raw)
            else { throw .damaged("expected the name of member \(index) in UTF-8, found other bytes") }
            try Self.check(name: name)
            if name.hasSuffix("/") { continue }
            guard names.insert(name).inserted else {
                throw .damaged("expected each member once, found two named \(Fault.quoted(name))")
            }
            let (size, compressedSize) = try Self.check(status, name: name)
            compressed = compressed.addingClamped(compressedSize)
            // Members that share their bytes would make a small file stand for more than it could inflate to.
            guard compressed <= file.bytes.count else {
                throw Fault(
                    .tooLarge,
                    "expected members of \(file.bytes.count) compressed bytes at most, as many as the file has; "
                        + "found more up to \(Fault.quoted(name))")
            }
            if status.comp_method != ZIP_CM_STORE { inflated = inflated.addingClamped(size) }
            guard inflated <= limit else {
                throw Fault(
                    .tooLarge,
                    "expected at most \(limit) bytes of compressed contents, found more up to \(Fault.quoted(name))"
                )
            }
            members.append(Member(name: name, size: size, index: index))
        }
    }

    /// - Throws: `Fault` for a name that would leave the folder into which somebody unpacks the archive.
    static func check(name: String) throws(Fault) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        if name.isEmpty || name.utf8.count > 4096 || name.hasPrefix("/") || parts.contains("..")
            || name.contains("\\")
        {
            throw .damaged(
                "expected names of members that stay within the archive, found \(Fault.quoted(name))")
        }
    }

    private static func check(
        _ status: zip_stat_t, name: String
    ) throws(Fault) -> (size: Int, compressedSize: Int) {
        func member(_ kind: FileError.Kind, _ reason: String) -> Fault {
            Fault(kind, "member \(Fault.quoted(name)): \(reason)")
        }
        if status.encryption_method != ZIP_EM_NONE {
            throw member(.unexpected, "expected no encryption, found it encrypted")
        }
        let method = Int32(status.comp_method)
        guard method == ZIP_CM_STORE || method == ZIP_CM_DEFLATE else {
            throw member(
                .unexpected, "expected it stored (0) or deflated (8), found compression method \(method)")
        }
        guard let size = Int(exactly: status.size), let compressed = Int(exactly: status.comp_size) else {
            throw member(.tooLarge, "the archive promises \(status.size) bytes")
        }
        if method == ZIP_CM_STORE && size != compressed {
            throw member(.damaged, "expected \(compressed) bytes of contents, as it is stored, found \(size)")
        }
        if size / IDX.deflateLimit > compressed {
            throw member(.tooLarge, "\(size) bytes, more than \(compressed) compressed bytes can hold")
        }
        return (size, compressed)
    }
}

/// The contents of one member of an archive, in order.
final class ZipMember {
    private let member: ZipInput.Member
    private let archive: ZipInput
    private let stream: OpaquePointer

    fileprivate init(_ member: ZipInput.Member, in archive: ZipInput) throws(FileError) {
        self.member = member
        self.archive = archive
        stream = try archive.start(member)
    }

    deinit { zip_fclose(stream) }

    /// Reads exactly `count` bytes.
    func read(into buffer: UnsafeMutableRawPointer, count: Int) throws(FileError) {
        var done = 0
        while done < count {
            let got = zip_fread(stream, buffer + done, UInt64(min(count - done, 1 << 30)))
            guard got > 0 else {
                throw damaged(got < 0 ? message : "it ends after \(done) of \(count) bytes")
            }
            done += Int(got)
        }
    }

    /// Checks that all has been read, and with that the checksum.
    func expectEnd() throws(FileError) {
        var extra: UInt8 = 0
        let got = zip_fread(stream, &extra, 1)
        if got != 0 { throw damaged(got < 0 ? message : "it is longer than the directory says") }
    }

    /// All bytes of a member whose size is known to be reasonable.
    func readAll() throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: member.size)
        try read(into: &bytes, count: member.size)
        try expectEnd()
        return bytes
    }

    private var message: String { String(cString: zip_error_strerror(zip_file_get_error(stream))) }

    private func damaged(_ reason: String) -> FileError {
        ZipInput.damaged(archive.path, "\(Fault.quoted(member.name)): \(reason)")
    }
}

import ApusCore

/// PyTorch's format since 1.6: a ZIP archive of the pickle and a member for each storage.
struct ZipPyTorchSource: PyTorchSource {
    let pickle: Pickle
    let isSwapped: Bool
    private let archive: ZipInput
    private let members: [String: ZipInput.Member]
    private let folder: String

    init(_ path: String, limit: Int) throws(FileError) {
        archive = try ZipInput(path, limit: limit)
        guard let folder = Self.folder(of: archive) else {
            throw FileError(
                path: path, .otherFormat,
                "expected an archive of torch.save's, with one member NAME/data.pkl, found "
                    + (archive.members.first.map { Fault.quoted($0.name) } ?? "an empty one"))
        }
        self.folder = folder
        members = Dictionary(uniqueKeysWithValues: archive.members.map { ($0.name, $0) })
        if members["\(folder)/constants.pkl"] != nil {
            throw FileError(
                path: path, .otherFormat,
                "expected a state dictionary, found a TorchScript program, which is not run: save its state_dict()"
            )
        }
        isSwapped = try Self.isBigEndian(archive, members["\(folder)/byteorder"])
        let member = members["\(folder)/data.pkl"]!
        guard member.size <= Unpickler.maximumLength else {
            throw FileError(
                path: path, .tooLarge,
                "expected a pickle of at most \(Unpickler.maximumLength) bytes, found \(member.size)")
        }
        let bytes = try archive.open(member).readAll()
        do throws(Fault) {
            pickle = try bytes.withUnsafeBytes { bytes in
                Result { () throws(Fault) in try Unpickler.load(bytes) }
            }.get()
        } catch { throw FileError(path: path, error) }
    }

    /// The folder of the archive in which everything lies.
    static func folder(of archive: ZipInput) -> String? {
        let pickles = archive.members.map(\.name).filter {
            $0.hasSuffix("/data.pkl") && $0.split(separator: "/").count == 2
        }
        return pickles.count == 1 ? String(pickles[0].dropLast("/data.pkl".count)) : nil
    }

    func bytes(of storage: PickledStorage) throws(FileError) -> Storage {
        let name = "\(folder)/data/\(storage.key)"
        guard let member = members[name] else {
            throw FileError(
                path: archive.path, .damaged, "expected a member \(Fault.quoted(name)), found none")
        }
        guard member.size == storage.byteCount else {
            throw FileError(
                path: archive.path, .damaged,
                "member \(Fault.quoted(name)): expected \(storage.byteCount) bytes, found \(member.size)")
        }
        let source = try archive.open(member)
        let result = Storage(byteCount: member.size)
        try source.read(into: result.pointer, count: member.size)
        try source.expectEnd()
        return result
    }

    private static func isBigEndian(_ archive: ZipInput, _ member: ZipInput.Member?) throws(FileError) -> Bool
    {
        // Files from before 2.1 do not say; they are of the processor that wrote them, and hardly any is big-endian.
        guard let member else { return false }
        let bytes = member.size <= 16 ? try archive.open(member).readAll() : []
        switch String(decoding: bytes, as: UTF8.self) {
        case "little": return false
        case "big": return true
        default:
            throw FileError(
                path: archive.path, .damaged, "expected the byte order \"little\" or \"big\", found another")
        }
    }
}

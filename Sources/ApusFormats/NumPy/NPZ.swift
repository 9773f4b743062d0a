import Apus

/// NumPy's archives of named arrays, `.npz`: ZIP files with an `.npy` file for each.
///
/// ```swift
/// try NPZ.save(["images": images, "labels": labels], to: "data.npz")
/// let arrays = try NPZ.load("data.npz")
/// ```
///
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.savez.html
public enum NPZ {
    /// The most bytes of compressed arrays that are read unless a call says otherwise: 4 GiB.
    public static let defaultLimit = 4 << 30

    /// The arrays of the file at `path` by name, without the `.npy` that their members' names end with.
    ///
    /// An array's size is checked against its member's before memory is taken for it.
    ///
    /// - Parameters:
    ///   - path: the file, with members stored or deflated.
    ///   - names: the arrays to read; all if nil.
    ///   - converting: read int8, int16, uint16, uint32 and uint64 too, as int32 and int64.
    ///   - limit: the most bytes of compressed arrays, once they are inflated, together.
    /// - Throws: `FileError`; also for an array of a type that tensors do not have, unless it is converted.
    public static func load(
        _ path: String, names: Set<String>? = nil, converting: Bool = false, limit: Int = defaultLimit
    ) throws(FileError) -> [String: Tensor] {
        try read(path, names: names, converting: converting, limit: limit).mapValues(\.tensor)
    }

    /// The arrays, and the types that they have in the file.
    static func read(
        _ path: String, names: Set<String>?, converting: Bool, limit: Int
    ) throws(FileError) -> [String: (tensor: Tensor, type: ElementType)] {
        let archive = try ZipInput(path, limit: limit)
        var arrays: [String: (tensor: Tensor, type: ElementType)] = [:]
        for member in archive.members {
            guard member.name.hasSuffix(".npy") else {
                throw FileError(
                    path: path, .otherFormat,
                    "expected an npz archive, whose members' names end with .npy, "
                        + "found \(Fault.quoted(member.name))")
            }
            let name = String(member.name.dropLast(4))
            if names?.contains(name) ?? true {
                arrays[name] = try array(member, name, in: archive, converting: converting)
            }
        }
        if let missing = names?.subtracting(arrays.keys).min() {
            throw FileError(
                path: path, .unexpected,
                "expected an array \(Fault.quoted(missing)), found none of this name")
        }
        return arrays
    }

    /// Writes tensors to the file at `path`, which appears whole or not at all.
    ///
    /// The same tensors give the same bytes. Views are written in C order.
    ///
    /// - Parameters:
    ///   - tensors: by name.
    ///   - path: the file.
    ///   - compressed: deflate the arrays, as `numpy.savez_compressed` does.
    /// - Throws: `FileError` where the file cannot be written, and for bfloat16, which NumPy does not have.
    public static func save(
        _ tensors: [String: Tensor], to path: String, compressed: Bool = false
    ) throws(FileError) {
        try ZipOutput.write(to: path) { archive throws(FileError) in
            for (name, tensor) in tensors.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                let header: [UInt8]
                do throws(Fault) {
                    try ZipInput.check(name: name)
                    header = try NPYHeaderWriter.header(of: tensor, name: name)
                } catch {
                    throw FileError(path: path, .unwritable, error.reason)
                }
                try header.withUnsafeBytes { header in
                    tensor.withUnsafeBytes { elements in
                        Result { () throws(FileError) in
                            try archive.add("\(name).npy", [header, elements], compressed: compressed)
                        }
                    }
                }.get()
            }
        }
    }

    /// The array of a member, and the type that it has there.
    private static func array(
        _ member: ZipInput.Member, _ name: String, in archive: ZipInput, converting: Bool
    ) throws(FileError) -> (tensor: Tensor, type: ElementType) {
        func damaged(_ fault: Fault) -> FileError {
            FileError(path: archive.path, .tensor(name, fault.reason, fault.kind))
        }
        let source = try archive.open(member)
        var beginning = [UInt8](repeating: 0, count: min(member.size, NPYHeader.maximumSize))
        try source.read(into: &beginning, count: beginning.count)
        let header: NPYHeader
        do throws(Fault) {
            header = try beginning.withUnsafeBytes { bytes in
                Result { () throws(Fault) in try NPYHeader(bytes) }
            }.get()
            guard header.dataOffset + header.byteCount == member.size else {
                throw .damaged(
                    "expected \(header.dataOffset + header.byteCount) bytes for \(header.type) "
                        + "\(Fault.brief(header.shape)), found a member of \(member.size)")
            }
            if case .other(let type) = header.type, !converting {
                throw .convertedOnRequest(type, tensor: nil)
            }
        } catch { throw damaged(error) }

        let storage = Storage(byteCount: header.byteCount)
        let first = beginning[header.dataOffset...]
        first.withUnsafeBytes { storage.pointer.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        try source.read(into: storage.pointer + first.count, count: header.byteCount - first.count)
        try source.expectEnd()
        do throws(Fault) {
            return (try header.tensor(storage, name: name), header.type)
        } catch { throw FileError(path: archive.path, error) }
    }
}

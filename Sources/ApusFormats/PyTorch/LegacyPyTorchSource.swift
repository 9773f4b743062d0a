import ApusCore

/// PyTorch's format before 1.6: five pickles (a magic number, a version, the system, the object, the keys of its storages), and the
/// storages' bytes in the order of the keys.
struct LegacyPyTorchSource: PyTorchSource {
    static let magic: [UInt8] = [0x80, 0x02, 0x8A, 0x0A]

    let pickle: Pickle
    let isSwapped: Bool
    private let file: MappedFile
    private var ranges: [String: Range<Int>] = [:]

    init(_ path: String) throws(FileError) {
        file = try MappedFile(path)
        do throws(Fault) {
            let magic = try Unpickler.load(file.bytes)
            guard case .largeInt("119547037146038801333356") = magic.root else {
                throw .damaged("expected the magic number of torch.save's files, found \(magic.root.kind)")
            }
            let version = try Unpickler.load(file.bytes, at: magic.end)
            guard case .int(1001) = version.root else {
                throw .damaged("expected version 1001 of the format, found another")
            }
            let system = try Unpickler.load(file.bytes, at: version.end)
            isSwapped = try Self.isBigEndian(system)
            pickle = try Unpickler.load(file.bytes, at: system.end)
            let keys = try Unpickler.load(file.bytes, at: pickle.end)
            try locate(try Self.strings(keys), from: keys.end)
        } catch { throw FileError(path: path, error) }
    }

    func bytes(of storage: PickledStorage) throws(FileError) -> Storage {
        guard let range = ranges[storage.key] else {
            throw FileError(
                path: file.path, .damaged,
                "expected the bytes of storage \(Fault.quoted(storage.key)), found none")
        }
        return Storage(borrowing: file.bytes.baseAddress! + range.lowerBound, byteCount: range.count) {
            [file] in withExtendedLifetime(file) {}
        }
    }

    private static func isBigEndian(_ system: Pickle) throws(Fault) -> Bool {
        guard case .dictionary(let dictionary) = system.root else {
            throw .damaged("expected a dictionary of the system, found \(system.root.kind)")
        }
        let items = system.containers[dictionary]
        for index in stride(from: 0, to: items.count, by: 2) {
            if case (.string("little_endian"), .bool(let flag)) = (items[index], items[index + 1]) {
                return !flag
            }
        }
        throw .damaged("expected little_endian in the dictionary of the system, found no such key")
    }

    private static func strings(_ pickle: Pickle) throws(Fault) -> [String] {
        guard case .list(let list) = pickle.root else {
            throw .damaged("expected a list of the storages' keys, found \(pickle.root.kind)")
        }
        var result: [String] = []
        for value in pickle.containers[list] {
            guard case .string(let key) = value else {
                throw .damaged("expected a storage's key, found \(value.kind)")
            }
            result.append(key)
        }
        return result
    }

    /// Finds the bytes of each storage: as many as the pickle says, and up to the end of the file.
    private mutating func locate(_ keys: [String], from start: Int) throws(Fault) {
        let storages = Dictionary(pickle.storages.map { ($0.key, $0) }) { first, _ in first }
        var position = start
        for key in keys {
            guard let storage = storages[key], ranges[key] == nil else {
                throw .damaged(
                    "expected the keys of the pickle's storages, each once, found \(Fault.quoted(key))")
            }
            guard file.bytes.count - position >= 8 else {
                throw .damaged("storage \(Fault.quoted(key)): expected its size, found the end of the file")
            }
            let count = Int64(
                littleEndian: file.bytes.loadUnaligned(fromByteOffset: position, as: Int64.self))
            position += 8
            guard count == storage.elementCount, storage.byteCount <= file.bytes.count - position else {
                throw .damaged(
                    "storage \(Fault.quoted(key)): expected \(storage.elementCount) elements, found \(count) "
                        + "and \(file.bytes.count - position) bytes up to the end of the file")
            }
            ranges[key] = position..<(position + storage.byteCount)
            position += storage.byteCount
        }
        guard position == file.bytes.count else {
            throw .damaged("expected \(position) bytes, found \(file.bytes.count)")
        }
    }
}

import Apus

/// The tensors and the metadata of a safetensors file.
///
/// The file is mapped, not read: a tensor's bytes come from the disk when they are first touched, and the
/// mapping lives as long as one of its tensors. Replacing or deleting the file by name does not harm
/// them; shortening it in place does: touching bytes that are gone stops the process with SIGBUS. Writing to a
/// tensor copies it first, so the file never changes. Elements that do not lie at a multiple of their size are copied at once.
///
/// ```swift
/// let file = try SafetensorsFile("model.safetensors", names: ["embedding.weight"])
/// ```
///
/// A tensor of a type that there is not here is left out and listed in `skipped`, or read with `converting: true`:
/// int8, int16 and uint16 become int32, uint32 and uint64 int64, float8 float32, without a change of value.
public struct SafetensorsFile: Sendable {
    /// The strings under `__metadata__`; PyTorch's writer puts `"format": "pt"` there.
    public let metadata: [String: String]
    /// The tensors by name, contiguous and without history.
    public let tensors: [String: Tensor]
    /// The tensors that were left out, in the order of their data: there is no such type here.
    public let skipped: [SafetensorsHeader.Unsupported]

    /// The format's name of each skipped tensor's type, for loading a module.
    public var skippedTypes: [String: String] {
        Dictionary(uniqueKeysWithValues: skipped.map { ($0.name, $0.type.rawValue) })
    }

    /// Opens and checks the file at `path`.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - names: the tensors to read; the others' bytes are never touched. All if nil.
    ///   - converting: read what can be converted as well.
    /// - Throws: `FileError` where the file cannot be opened or mapped, where its contents break the format, where a name
    ///   that was given is not there or its type cannot be read, and for a uint64 to convert that is above Int64.max.
    public init(_ path: String, names: Set<String>? = nil, converting: Bool = false) throws(FileError) {
        let file = try MappedFile(path)
        let header = try SafetensorsHeader(file.bytes, file: path)
        var tensors = [String: Tensor](minimumCapacity: names?.count ?? header.entries.count)
        var skipped: [SafetensorsHeader.Unsupported] = []
        for entry in header.entries where names?.contains(entry.name) ?? true {
            tensors[entry.name] = try Self.tensor(entry, header.dataOffset, file)
        }
        for entry in header.unsupported where names?.contains(entry.name) ?? true {
            if converting, let dtype = entry.type.converted {
                tensors[entry.name] = try Self.converted(entry, dtype, header.dataOffset, file)
            } else if names != nil {
                throw FileError(path: path, .unsupported(entry.type, tensor: entry.name))
            } else {
                skipped.append(entry)
            }
        }
        if let missing = names?.subtracting(tensors.keys).min() {
            throw FileError(
                path: path, .unexpected,
                "expected a tensor \(Fault.quoted(missing)), found none of this name")
        }
        metadata = header.metadata
        self.tensors = tensors
        self.skipped = skipped
    }

    private static func bytes(
        _ range: Range<Int>, _ dataOffset: Int, _ file: MappedFile
    ) -> UnsafeRawBufferPointer {
        let first = dataOffset + range.lowerBound
        return UnsafeRawBufferPointer(rebasing: file.bytes[first..<(first + range.count)])
    }

    private static func converted(
        _ entry: SafetensorsHeader.Unsupported, _ dtype: DType, _ dataOffset: Int, _ file: MappedFile
    ) throws(FileError) -> Tensor {
        do throws(Fault) {
            let storage = try entry.type.convert(bytes(entry.bytes, dataOffset, file), tensor: entry.name)
            return Tensor(storage: storage, layout: Layout(contiguous: entry.shape), dtype: dtype)
        } catch {
            throw FileError(path: file.path, error)
        }
    }

    private static func tensor(
        _ entry: SafetensorsHeader.Entry, _ dataOffset: Int, _ file: MappedFile
    ) throws(FileError) -> Tensor {
        let bytes = bytes(entry.bytes, dataOffset, file)
        // Any other byte would be neither true nor false to the kernels.
        if entry.dtype == .bool, let wrong = bytes.first(where: { $0 > 1 }) {
            throw FileError(
                path: file.path,
                .tensor(entry.name, "expected bytes 0 and 1 in a BOOL tensor, found \(wrong)"))
        }
        return Tensor(
            storage: storage(of: bytes, in: file, alignment: entry.dtype.size),
            layout: Layout(contiguous: entry.shape), dtype: entry.dtype)
    }

    /// The mapped bytes themselves, or a copy where elements would straddle their alignment.
    private static func storage(
        of bytes: UnsafeRawBufferPointer, in file: MappedFile, alignment: Int
    ) -> Storage {
        if let start = bytes.baseAddress, !bytes.isEmpty, Int(bitPattern: start) % alignment == 0 {
            return Storage(borrowing: start, byteCount: bytes.count) { withExtendedLifetime(file) {} }
        }
        let copy = Storage(byteCount: bytes.count)
        UnsafeMutableRawBufferPointer(start: copy.pointer, count: bytes.count).copyMemory(from: bytes)
        return copy
    }
}

import Apus

/// The tensors and the metadata of a safetensors file.
///
/// The file is mapped, not read: a tensor's bytes come from the disk when they are first touched, and the
/// mapping lives as long as one of its tensors. Replacing or deleting the file by name does not harm
/// them; shortening it in place does, see `MappedFile`. Writing to a tensor copies it first, so the file
/// never changes.
public struct SafetensorsFile: Sendable {
    /// The strings under `__metadata__`; PyTorch's writer puts `"format": "pt"` there.
    public let metadata: [String: String]
    /// The tensors by name, contiguous and without history.
    public let tensors: [String: Tensor]

    /// Opens and checks the file at `path`.
    ///
    /// - Throws: `SafetensorsError` where the contents break the format, `FileError` where the file cannot
    ///   be opened or mapped.
    public init(_ path: String) throws {
        let file = try MappedFile(path)
        let header = try SafetensorsHeader(file.bytes, file: path)
        var tensors = [String: Tensor](minimumCapacity: header.entries.count)
        for entry in header.entries {
            tensors[entry.name] = try Self.tensor(entry, header.dataOffset, file)
        }
        metadata = header.metadata
        self.tensors = tensors
    }

    private static func tensor(
        _ entry: SafetensorsHeader.Entry, _ dataOffset: Int, _ file: MappedFile
    ) throws(SafetensorsError) -> Tensor {
        let first = dataOffset + entry.bytes.lowerBound
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[first..<(first + entry.bytes.count)])
        // Any other byte would be neither true nor false to the kernels.
        if entry.dtype == .bool, let wrong = bytes.first(where: { $0 > 1 }) {
            throw SafetensorsError(file: file.path, reason: .invalidBool(wrong, tensor: entry.name))
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

import Apus

/// Reads and writes safetensors, the file format in which trained weights are mostly shared.
///
/// ```swift
/// try Safetensors.save(["weight": weight, "bias": bias], to: "model.safetensors")
/// let tensors = try Safetensors.load("model.safetensors")
/// ```
///
/// Source: https://github.com/huggingface/safetensors
public enum Safetensors {
    /// The tensors of the file at `path`, by name. The file is mapped, see `SafetensorsFile`, which also lists the tensors
    /// that are left out because there is no such type here.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - names: the tensors to read; all if nil.
    ///   - converting: read int8, int16, uint16, uint32, uint64 and float8 too, as int32, int64 and float32.
    /// - Throws: `FileError`.
    public static func load(
        _ path: String, names: Set<String>? = nil, converting: Bool = false
    ) throws(FileError) -> [String: Tensor] {
        try SafetensorsFile(path, names: names, converting: converting).tensors
    }

    /// The names, types and shapes of the tensors in the file at `path`, of which nothing is read.
    ///
    /// - Throws: `FileError`.
    public static func header(_ path: String) throws(FileError) -> SafetensorsHeader {
        let file = try MappedFile(path)
        defer { withExtendedLifetime(file) {} }
        return try SafetensorsHeader(file.bytes, file: path)
    }

    /// The metadata of the file at `path`, without its tensors.
    ///
    /// - Throws: `FileError`.
    public static func metadata(_ path: String) throws(FileError) -> [String: String] {
        try header(path).metadata
    }

    /// Writes tensors to the file at `path`, which appears whole or not at all.
    ///
    /// The same tensors and metadata give the same bytes. Views are written in row-major order.
    ///
    /// - Parameter metadata: added to `"format": "pt"`, without which some loaders refuse a file; a value
    ///   for that key replaces it.
    /// - Throws: `FileError` where the file cannot be written, and for complex128, which the format cannot name, or a
    ///   tensor named `__metadata__`.
    public static func save(
        _ tensors: [String: Tensor], to path: String, metadata: [String: String] = [:]
    ) throws(FileError) {
        let entries = sorted(tensors)
        let header: [UInt8]
        do throws(Fault) {
            header = try SafetensorsHeaderWriter.header(
                of: entries, metadata: ["format": "pt"].merging(metadata) { _, given in given })
        } catch {
            throw FileError(path: path, error)
        }
        try AtomicFile.write(format: path) { file throws(FileError) in
            try file.write(header)
            for (_, tensor) in entries {
                try tensor.withUnsafeBytes { bytes in
                    Result { () throws(FileError) in try file.write(bytes) }
                }.get()
            }
        }
    }

    /// Large elements first, so that each tensor is aligned to its own; then by name.
    private static func sorted(_ tensors: [String: Tensor]) -> [(name: String, tensor: Tensor)] {
        tensors.map { (name: $0.key, tensor: $0.value) }.sorted { a, b in
            if a.tensor.dtype.size != b.tensor.dtype.size { return a.tensor.dtype.size > b.tensor.dtype.size }
            return a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
        }
    }
}

import Apus

/// NumPy's files of one array, `.npy`.
///
/// ```swift
/// try NPY.save(weight, to: "weight.npy")
/// let weight = try NPY.load("weight.npy")
/// ```
///
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
public enum NPY {
    /// The array of the file at `path`, of version 1, 2 or 3, in C or Fortran order and either order of bytes.
    ///
    /// The file is mapped, as safetensors files are: what is neither converted nor swapped is read when it is touched.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - converting: read int8, int16, uint16, uint32 and uint64 too, as int32 and int64.
    /// - Throws: `FileError`; also for arrays of text, dates, records and Python objects, and for a uint64 to convert that
    ///   is above Int64.max.
    public static func load(_ path: String, converting: Bool = false) throws(FileError) -> Tensor {
        try read(path, converting: converting).tensor
    }

    /// The array, and the type that it has in the file.
    static func read(
        _ path: String, converting: Bool
    ) throws(FileError) -> (tensor: Tensor, type: ElementType) {
        let file = try MappedFile(path)
        do throws(Fault) {
            let header = try NPYHeader(file.bytes)
            let end = header.dataOffset + header.byteCount
            guard file.bytes.count == end else {
                throw .damaged(
                    "expected \(end) bytes for \(header.type) \(Fault.brief(header.shape)), "
                        + "found \(file.bytes.count)")
            }
            if case .other(let type) = header.type, !converting {
                throw .convertedOnRequest(type, tensor: nil)
            }
            let data = Storage(
                borrowing: file.bytes.baseAddress! + header.dataOffset, byteCount: header.byteCount
            ) { withExtendedLifetime(file) {} }
            return (try header.tensor(data, name: "array"), header.type)
        } catch {
            throw FileError(path: path, error)
        }
    }

    /// Writes a tensor to the file at `path`, which appears whole or not at all. Views are written in C order.
    ///
    /// - Throws: `FileError` where the file cannot be written, and for bfloat16, which NumPy does not have.
    public static func save(_ tensor: Tensor, to path: String) throws(FileError) {
        let header: [UInt8]
        do throws(Fault) {
            header = try NPYHeaderWriter.header(of: tensor)
        } catch {
            throw FileError(path: path, error)
        }
        try AtomicFile.write(format: path) { file throws(FileError) in
            try file.write(header)
            try tensor.withUnsafeBytes { bytes in
                Result { () throws(FileError) in try file.write(bytes) }
            }.get()
        }
    }
}

extension NPYHeader {
    /// The tensor of these elements, which are as the file has them.
    func tensor(_ data: Storage, name: String) throws(Fault) -> Tensor {
        let elements = try type.elements(of: data, isSwapped: isSwapped, tensor: name)
        return Tensor(storage: elements, layout: layout, dtype: type.dtype)
    }
}

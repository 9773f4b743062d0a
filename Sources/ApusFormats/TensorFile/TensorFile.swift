import Apus

/// The tensors in a file of any format that has tensors: safetensors, NumPy's, PyTorch's or IDX.
///
/// ```swift
/// let file = try TensorFile("resnet18.pth")
/// try TensorFile.save(file.tensors, to: "resnet18.safetensors")
/// ```
public struct TensorFile: Sendable {
    /// What a file is, by its first bytes.
    public enum Format: String, CaseIterable, Sendable {
        case safetensors, npy, npz, pytorch, idx
    }

    /// What the file is.
    public let format: Format
    /// The tensors by name; the one of an npy or IDX file is called `array`.
    public let tensors: [String: Tensor]
    /// The strings that safetensors and PyTorch's files have besides.
    public let metadata: [String: String]
    /// The type of each tensor that was left out: there is no such type here.
    public let skippedTypes: [String: String]
    /// The type that each converted tensor has in the file.
    public let convertedTypes: [String: UnsupportedType]
    /// Those of `tensors` that are a model's, by the names that it gives them: fewer only in PyTorch's checkpoints.
    public let stateDictionary: [String: Tensor]
    /// The types of the model's tensors that were left out, by name.
    public let skippedStateTypes: [String: String]

    /// Reads the file at `path`, whatever its name.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - converting: read types that there are not here too, in the next larger type that there is.
    /// - Throws: `FileError`, as the format's own reader.
    public init(_ path: String, converting: Bool = false) throws(FileError) {
        format = try Self.format(of: path)
        switch format {
        case .safetensors:
            let file = try SafetensorsFile(path, converting: converting)
            let unsupported = converting ? try Safetensors.header(path).unsupported : []
            (tensors, metadata, skippedTypes) = (file.tensors, file.metadata, file.skippedTypes)
            convertedTypes = Dictionary(
                uniqueKeysWithValues: unsupported.filter { file.tensors[$0.name] != nil }
                    .map { ($0.name, $0.type) })
            (stateDictionary, skippedStateTypes) = (tensors, skippedTypes)
        case .pytorch:
            let file = try PyTorchFile(path, converting: converting)
            (tensors, metadata, skippedTypes) = (file.tensors, file.metadata, file.skippedTypes)
            convertedTypes = file.convertedTypes
            (stateDictionary, skippedStateTypes) = (file.stateDictionary, file.skippedStateTypes)
        case .npy, .npz, .idx:
            let arrays =
                switch format {
                case .npy: ["array": try NPY.read(path, converting: converting)]
                case .npz:
                    try NPZ.read(path, names: nil, converting: converting, limit: NPZ.defaultLimit)
                default: ["array": try Self.array(IDX.read(path))]
                }
            tensors = arrays.mapValues(\.tensor)
            (metadata, skippedTypes, skippedStateTypes) = ([:], [:], [:])
            convertedTypes = arrays.compactMapValues {
                if case .other(let type) = $0.type { type } else { nil }
            }
            stateDictionary = tensors
        }
    }

    private static func array(_ array: IDXArray) -> (tensor: Tensor, type: ElementType) {
        let type: ElementType =
            switch array.type {
            case .int8: .other(.int8)
            case .int16: .other(.int16)
            default: .tensor(array.tensor.dtype)
            }
        return (array.tensor, type)
    }

    private static func format(of path: String) throws(FileError) -> Format {
        let file = try InputFile(path)
        var bytes = [UInt8](repeating: 0, count: 9)
        let count = try file.read(into: &bytes, count: 9)
        let beginning = bytes.prefix(count)
        if beginning.starts(with: NPYHeader.magic) { return .npy }
        if beginning.starts(with: LegacyPyTorchSource.magic) { return .pytorch }
        if ZipInput.isArchive(beginning) {
            // What is inflated is limited when it is read.
            return ZipPyTorchSource.folder(of: try ZipInput(path, limit: .max)) == nil ? .npz : .pytorch
        }
        if beginning.last == UInt8(ascii: "{") && count == 9 { return .safetensors }
        let isGzip = beginning.starts(with: [0x1F, 0x8B])
        if isGzip
            || count > 3 && beginning.starts(with: [0, 0]) && IDX.ElementType(rawValue: bytes[2]) != nil
        {
            return .idx
        }
        throw FileError(
            path: path, .otherFormat,
            "expected a file of safetensors, NumPy, PyTorch or IDX, found one that begins with "
                + "[\(hexadecimal(Array(beginning)))]")
    }
}

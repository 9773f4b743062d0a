import Apus

extension TensorFile {
    /// What the names of files that can be written end with.
    public static let writtenExtensions = ["safetensors", "npz", "npy", "pt", "pth"]

    /// The format that a file of this name is written in; nil where its ending says none.
    public static func writtenFormat(of path: String) -> Format? {
        switch path.split(separator: ".").last?.lowercased() {
        case "safetensors": .safetensors
        case "npz": .npz
        case "npy": .npy
        case "pt", "pth": .pytorch
        default: nil
        }
    }

    /// Writes tensors in the format that the name ends with: `.safetensors`, `.npz`, `.npy`, `.pt` or `.pth`.
    ///
    /// - Parameters:
    ///   - tensors: by name; for npy there must be one, whose name is lost.
    ///   - path: the file, which appears whole or not at all.
    ///   - metadata: strings for safetensors; the other formats have no place for them.
    /// - Throws: `FileError` where the file cannot be written, for another ending, and for a type that the format lacks.
    public static func save(
        _ tensors: [String: Tensor], to path: String, metadata: [String: String] = [:]
    ) throws(FileError) {
        switch writtenFormat(of: path) {
        case .safetensors: try Safetensors.save(tensors, to: path, metadata: metadata)
        case .npz: try NPZ.save(tensors, to: path)
        case .pytorch: try PyTorchFile.save(tensors, to: path)
        case .npy:
            guard tensors.count == 1, let tensor = tensors.values.first else {
                throw FileError(
                    path: path, .unwritable, "expected one tensor for an npy file, found \(tensors.count)")
            }
            try NPY.save(tensor, to: path)
        case .idx, nil:
            let endings = writtenExtensions.map { ".\($0)" }.joined(separator: ", ")
            throw FileError(path: path, .unwritable, "expected a name that ends with one of \(endings)")
        }
    }
}

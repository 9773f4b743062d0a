import ApusFormats

extension Module {
    /// Writes the parameters and buffers in the format that the name ends with: `.safetensors`, `.npz`, `.pt` or `.pth`.
    ///
    /// ```swift
    /// try model.save("digits.safetensors")
    /// ```
    ///
    /// - Parameter path: the file, which appears whole or not at all.
    /// - Throws: `FileError` where it cannot be written, for another ending, and for a type that the format lacks.
    public final func save(_ path: String) throws(FileError) {
        try TensorFile.save(stateDictionary(), to: path)
    }

    /// Sets the parameters and buffers to the values of a file: safetensors, PyTorch's `.pt` or `.pth`, or npz.
    ///
    /// ```swift
    /// try model.load("resnet18.pth")
    /// ```
    ///
    /// Of a checkpoint of PyTorch's only the model's tensors are looked at: those under `state_dict`, `model_state_dict` or `model`.
    ///
    /// - Parameters:
    ///   - path: the file, which its contents tell from others.
    ///   - strict: also refuse names that are missing or unexpected.
    /// - Throws: `FileError`, and `StateMismatch`, also with the names of tensors that the file has in types that are not read.
    public final func load(_ path: String, strict: Bool = true) throws {
        let file = try TensorFile(path)
        try load(file.stateDictionary, strict: strict, unsupported: file.skippedStateTypes)
    }
}

import ApusFormats

extension Module {
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

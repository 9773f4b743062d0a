import Apus
import ApusFormats

extension Module {
    /// Sets the parameters and buffers to the values of a safetensors file.
    ///
    /// ```swift
    /// try model.load(SafetensorsFile("model.safetensors"))
    /// ```
    ///
    /// - Throws: `StateMismatch`, also with the names of tensors that the file has in types that are not read.
    public final func load(_ file: SafetensorsFile, strict: Bool = true) throws {
        try load(file.tensors, strict: strict, unsupported: file.skippedTypes)
    }
}

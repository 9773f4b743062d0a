import ApusCore

/// A safetensors file, or tensors to be written to one, that break a rule of the format.
///
/// The description is one line with the file, what was expected and what was found. Files that cannot
/// be opened, mapped or written throw `FileError`.
public struct SafetensorsError: Error, CustomStringConvertible, Sendable, Equatable {
    public let file: String
    public let reason: Reason

    public init(file: String, reason: Reason) {
        self.file = file
        self.reason = reason
    }

    public var description: String { "\(file): \(reason)" }

    /// The broken rule. Positions are bytes from the start of the header's JSON.
    public enum Reason: Error, Sendable, Equatable {
        case fileTooShort(byteCount: Int)
        case headerTooLong(UInt64)
        case headerBeyondFile(length: UInt64, byteCount: Int)
        case syntax(at: Int, expected: String, found: String)
        case invalidUTF8(at: Int)
        case loneSurrogate(at: Int)
        case tooDeep(at: Int)
        case overflow(at: Int)
        case duplicateTensor(String)
        case duplicateField(String, tensor: String)
        case duplicateMetadata(String)
        case missingField(String, tensor: String)
        /// The tensor was asked for by name.
        case unsupportedDType(UnsupportedType, tensor: String)
        case unknownDType(String, tensor: String)
        case offsetCount(Int, tensor: String)
        case reversedOffsets(begin: Int, end: Int, tensor: String)
        case offsetsBeyondData(end: Int, byteCount: Int, tensor: String)
        case sizeOverflow(shape: [Int], tensor: String)
        case tooManyAxes(Int, tensor: String)
        case sizeMismatch(type: String, shape: [Int], expected: Int, found: Int, tensor: String)
        case overlap(begin: Int, tensor: String, previous: String, previousEnd: Int)
        case hole(begin: Int, expected: Int, tensor: String)
        case trailingBytes(expected: Int, found: Int)
        case invalidBool(UInt8, tensor: String)
        case missingTensor(String)
        /// On conversion of uint64 to int64.
        case valueTooLarge(UInt64, tensor: String)
        /// On writing: the format has no name for this type.
        case unwritableDType(DType, tensor: String)
        /// On writing: `__metadata__` cannot name a tensor.
        case reservedName
    }
}

extension SafetensorsError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .fileTooShort(let byteCount):
            "expected a safetensors file of at least 8 bytes, found \(byteCount) bytes"
        case .headerTooLong(let length):
            "expected a header of at most \(SafetensorsHeader.maximumLength) bytes, found the length \(length)"
        case .headerBeyondFile(let length, let byteCount):
            "expected a header of \(length) bytes, found \(byteCount - 8) bytes left in the file"
        case .syntax(let position, let expected, let found):
            "header byte \(position): expected \(expected), found \(found)"
        case .invalidUTF8(let position):
            "header byte \(position): expected a string in UTF-8, found bytes that are not"
        case .loneSurrogate(let position):
            "header byte \(position): expected a pair of surrogates, found half of one"
        case .tooDeep(let position):
            "header byte \(position): expected at most \(JSONScanner.maximumDepth) nested values, found more"
        case .overflow(let position):
            "header byte \(position): expected an integer up to \(Int.max), found a larger one"
        case .duplicateTensor(let tensor): "expected every name once, found tensor \(quoted(tensor)) again"
        case .duplicateField(let field, let tensor):
            "tensor \(quoted(tensor)): expected every field once, found \(quoted(field)) again"
        case .duplicateMetadata(let key):
            "expected every metadata key once, found \(quoted(key)) again"
        case .missingField(let field, let tensor):
            "tensor \(quoted(tensor)): expected dtype, shape and data_offsets, found no \(field)"
        case .unsupportedDType(let type, let tensor):
            "tensor \(quoted(tensor)): expected one of \(DType.safetensorsNames), found \(type.rawValue), "
                + (type.converted.map { "which is read only on request, converted to \($0)" }
                    ?? "which Apus does not support")
        case .unknownDType(let name, let tensor):
            "tensor \(quoted(tensor)): expected one of \(DType.safetensorsNames), "
                + "found the unknown dtype \(quoted(name))"
        case .offsetCount(let count, let tensor):
            "tensor \(quoted(tensor)): expected two data_offsets, found \(count)"
        case .reversedOffsets(let begin, let end, let tensor):
            "tensor \(quoted(tensor)): expected data_offsets in order, found [\(begin), \(end)]"
        case .offsetsBeyondData(let end, let byteCount, let tensor):
            "tensor \(quoted(tensor)): expected data up to byte \(end), found \(byteCount) bytes of data"
        case .tooManyAxes(let count, let tensor):
            "tensor \(quoted(tensor)): expected at most \(Layout.maximumRank) axes, found \(count)"
        case .sizeOverflow(let shape, let tensor):
            "tensor \(quoted(tensor)): expected a size that fits an address space, found shape \(brief(shape))"
        case .sizeMismatch(let type, let shape, let expected, let found, let tensor):
            "tensor \(quoted(tensor)): expected \(expected) bytes for \(type) \(brief(shape)), found \(found)"
        case .overlap(let begin, let tensor, let previous, let previousEnd):
            "tensor \(quoted(tensor)): expected data after tensor \(quoted(previous)), "
                + "which ends at byte \(previousEnd), found it overlapping from byte \(begin)"
        case .hole(let begin, let expected, let tensor):
            "tensor \(quoted(tensor)): expected data from byte \(expected), found a hole up to byte \(begin)"
        case .trailingBytes(let expected, let found):
            "expected \(expected) bytes of data, found \(found)"
        case .invalidBool(let value, let tensor):
            "tensor \(quoted(tensor)): expected bytes 0 and 1 in a BOOL tensor, found \(value)"
        case .missingTensor(let tensor): "expected a tensor \(quoted(tensor)), found none of this name"
        case .valueTooLarge(let value, let tensor):
            "tensor \(quoted(tensor)): expected values up to \(Int64.max), which int64 holds, found \(value)"
        case .unwritableDType(let dtype, let tensor):
            "tensor \(quoted(tensor)): expected one of \(DType.safetensorsNames), found \(dtype), "
                + "for which safetensors has no name"
        case .reservedName:
            "expected tensor names other than \"__metadata__\", which the format keeps for itself"
        }
    }

    /// A name out of a file, on one line and of bounded length.
    private func quoted(_ name: String) -> String {
        var text = "\""
        for scalar in name.unicodeScalars.prefix(80) { text += scalar.escaped(asASCII: false) }
        return text + (name.unicodeScalars.count > 80 ? "…\"" : "\"")
    }

    private func brief(_ shape: [Int]) -> String {
        shape.count <= 16
            ? "\(shape)"
            : "[\(shape.prefix(16).map(String.init).joined(separator: ", ")), … \(shape.count) axes]"
    }
}

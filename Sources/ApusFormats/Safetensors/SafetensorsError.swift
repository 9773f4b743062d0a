import ApusCore

/// A safetensors file, or tensors to be written to one, that break a rule of the format.
///
/// The description is one line with the file, what was expected and what was found. Files that cannot
/// be opened, mapped or written throw `FileError`.
public struct SafetensorsError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The path of the file that was read or was to be written.
    public let file: String
    /// The rule of the format that is broken.
    public let reason: Reason

    package init(file: String, reason: Reason) {
        self.file = file
        self.reason = reason
    }

    /// One line: the file, what was expected and what was found.
    public var description: String { "\(file): \(reason)" }

    /// The broken rule. Positions are bytes from the start of the header's JSON.
    public enum Reason: Error, Sendable, Equatable {
        /// There is no room for the length of the header: a file has 8 bytes at least.
        case fileTooShort(byteCount: Int)
        /// The header would have more than `SafetensorsHeader.maximumLength` bytes.
        case headerTooLong(UInt64)
        /// The header would reach beyond the file of `byteCount` bytes.
        case headerBeyondFile(length: UInt64, byteCount: Int)
        /// The header is not JSON, or not of the form that the format has.
        case syntax(at: Int, expected: String, found: String)
        /// A string holds bytes that are no UTF-8.
        case invalidUTF8(at: Int)
        /// An escaped surrogate stands without its other half.
        case loneSurrogate(at: Int)
        /// Values that are passed over are nested deeper than is read.
        case tooDeep(at: Int)
        /// An integer is larger than `Int.max`.
        case overflow(at: Int)
        /// Two tensors have this name.
        case duplicateTensor(String)
        /// A tensor has this field twice.
        case duplicateField(String, tensor: String)
        /// The metadata has this key twice.
        case duplicateMetadata(String)
        /// A tensor lacks this one of dtype, shape and data_offsets.
        case missingField(String, tensor: String)
        /// The tensor was asked for by name.
        case unsupportedDType(UnsupportedType, tensor: String)
        /// The type has a name that the format does not know.
        case unknownDType(String, tensor: String)
        /// A tensor has so many data_offsets, not two.
        case offsetCount(Int, tensor: String)
        /// The data of a tensor ends before it begins.
        case reversedOffsets(begin: Int, end: Int, tensor: String)
        /// The data of a tensor reaches beyond the `byteCount` bytes of data.
        case offsetsBeyondData(end: Int, byteCount: Int, tensor: String)
        /// The elements of this shape take more bytes than an address space has.
        case sizeOverflow(shape: [Int], tensor: String)
        /// A tensor has so many axes, more than `Layout.maximumRank`.
        case tooManyAxes(Int, tensor: String)
        /// The data of a tensor has `found` bytes, where its type and shape take `expected`.
        case sizeMismatch(type: String, shape: [Int], expected: Int, found: Int, tensor: String)
        /// The data of a tensor begins before that of the previous one has ended.
        case overlap(begin: Int, tensor: String, previous: String, previousEnd: Int)
        /// No tensor has the bytes before this one.
        case hole(begin: Int, expected: Int, tensor: String)
        /// There are more bytes of data than the tensors take.
        case trailingBytes(expected: Int, found: Int)
        /// An element of a BOOL tensor is this byte, neither 0 nor 1.
        case invalidBool(UInt8, tensor: String)
        /// The file has no tensor of this name, which was asked for.
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
    /// What was expected and what was found, without the file.
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

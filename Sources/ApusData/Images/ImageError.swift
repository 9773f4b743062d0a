/// What is wrong with an image file: one line with the file, what was expected and what was found.
public enum ImageError: Error, Equatable, Sendable {
    /// There is no such file.
    case missing(file: String)
    /// The system would not open or read it.
    case notReadable(file: String, reason: String)
    /// The system would not write it.
    case notWritable(file: String, reason: String)
    /// The file does not begin as its format does.
    case wrongFormat(file: String, expected: String, found: [UInt8])
    /// The file begins well, but its contents are broken or cut short.
    case damaged(file: String, reason: String)
    /// The header promises more pixels than may be read.
    case tooLarge(file: String, width: Int, height: Int, limit: Int)
    /// The header promises more pixels than a file of this size can hold.
    case implausible(file: String, width: Int, height: Int, fileSize: Int)
    /// Nothing is drawn in it.
    case blank(file: String)
}

extension ImageError: CustomStringConvertible {
    /// One line: the file, and what is wrong with it.
    public var description: String {
        switch self {
        case .missing(let file):
            return "\(file): no such file"
        case .notReadable(let file, let reason):
            return "\(file): cannot be read: \(reason)"
        case .notWritable(let file, let reason):
            return "\(file): \(reason)"
        case .wrongFormat(let file, let expected, let found):
            let bytes = found.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
            return "\(file): expected a \(expected) file, found one that begins with [\(bytes)]"
        case .damaged(let file, let reason):
            return "\(file): expected a complete, sound image, found it damaged: \(reason)"
        case .tooLarge(let file, let width, let height, let limit):
            return "\(file): expected at most \(limit) pixels, found \(width) × \(height)"
        case .implausible(let file, let width, let height, let fileSize):
            return "\(file): expected at most the pixels that \(fileSize) bytes can hold, "
                + "found a header of \(width) × \(height)"
        case .blank(let file):
            return "\(file): the picture is blank: nothing stands out from its ground"
        }
    }

    init(_ error: InputFileError, file: String) {
        self =
            switch error {
            case .missing: .missing(file: file)
            case .notReadable(let reason), .damaged(let reason): .notReadable(file: file, reason: reason)
            case .cutShort: .damaged(file: file, reason: "it became shorter while it was read")
            }
    }
}

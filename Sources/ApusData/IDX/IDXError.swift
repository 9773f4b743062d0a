import ApusCore

/// What is wrong with an IDX file: one line with the file, what was expected and what was found.
public enum IDXError: Error, Equatable, Sendable {
    /// There is no such file or folder.
    case missing(file: String, expected: String?)
    /// The system would not open or read it.
    case notReadable(file: String, reason: String)
    /// The file ends before its header or the data that the header promises; in bytes, header included.
    case truncated(file: String, expected: Int, found: Int)
    /// The file goes on after what the header promises; `found` is nil where it was not read to its end.
    case tooLong(file: String, expected: Int, found: Int?)
    /// The compressed stream is broken: a wrong checksum, an invalid code.
    case damaged(file: String, reason: String)
    /// The file does not begin with two bytes of 0.
    case wrongMagic(file: String, found: [UInt8])
    /// The third byte is the code of no element type.
    case unknownType(file: String, found: UInt8)
    /// The elements are of another type than was asked for.
    case wrongType(file: String, expected: IDX.ElementType, found: IDX.ElementType)
    /// The number of axes is not the one that was asked for; `expected` is nil where any from 1 to `IDX.maximumAxes` would do.
    case wrongAxes(file: String, expected: Int?, found: Int)
    /// The extents are not those that were asked for.
    case wrongShape(file: String, expected: String, found: Shape)
    /// The header's sizes multiply to more than may be read.
    case tooLarge(file: String, shape: [Int], reason: String)
    /// A label is not below the number of classes.
    case labelOutOfRange(file: String, index: Int, found: Int, classes: Int)
    /// There are not as many images as labels.
    case countMismatch(images: String, imageCount: Int, labels: String, labelCount: Int)
}

extension IDXError: CustomStringConvertible {
    /// One line: the file, and what is wrong with it.
    public var description: String {
        switch self {
        case .missing(let file, let expected):
            "\(file): no such file" + (expected.map { "; expected \($0)" } ?? "")
        case .notReadable(let file, let reason):
            "\(file): cannot be read: \(reason)"
        case .truncated(let file, let expected, let found):
            "\(file): truncated: expected \(expected) bytes of IDX data, found \(found)"
        case .tooLong(let file, let expected, let found):
            "\(file): too long: expected \(expected) bytes of IDX data, found "
                + (found.map { "\($0)" } ?? "more")
        case .damaged(let file, let reason):
            "\(file): expected a sound gzip stream, found it damaged: \(reason)"
        case .wrongMagic(let file, let found):
            "\(file): not an IDX file: expected it to begin with 00 00, found \(hexadecimal(found))"
        case .unknownType(let file, let found):
            "\(file): expected an IDX element type (08, 09, 0b, 0c, 0d or 0e), found \(hexadecimal([found]))"
        case .wrongType(let file, let expected, let found):
            "\(file): expected \(expected) elements, found \(found)"
        case .wrongAxes(let file, let expected, let found):
            "\(file): expected \(Self.contents(expected)), found \(Self.contents(found))"
        case .wrongShape(let file, let expected, let found):
            "\(file): expected \(expected), found the shape \(found)"
        case .tooLarge(let file, let shape, let reason):
            "\(file): the header promises the shape \(shape): \(reason)"
        case .labelOutOfRange(let file, let index, let found, let classes):
            "\(file): expected labels from 0 to \(classes - 1), found \(found) at index \(index)"
        case .countMismatch(let images, let imageCount, let labels, let labelCount):
            "\(images): expected as many images as \(labels) has labels (\(labelCount)), found \(imageCount)"
        }
    }

    /// What a file with this many axes usually is, so that swapped files are named as such.
    private static func contents(_ axes: Int?) -> String {
        switch axes {
        case nil: "1 to 8 axes"
        case 1: "labels (1 axis, magic 0801)"
        case 3: "images (3 axes, magic 0803)"
        case let axes?: "\(axes) axes"
        }
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

extension IDXError {
    init(_ error: InputFileError, file: String, expected: Int, found: Int) {
        self =
            switch error {
            case .missing: .missing(file: file, expected: nil)
            case .notReadable(let reason): .notReadable(file: file, reason: reason)
            case .damaged(let reason): .damaged(file: file, reason: reason)
            case .cutShort(let part): .truncated(file: file, expected: expected, found: found + part)
            }
    }
}

import ApusCore

/// The IDX format of the MNIST files: arrays of numbers of any rank, plain or gzipped.
///
/// A file is `00 00`, a byte for the element type, a byte for the number of axes, the extent of each axis
/// as a big-endian 32-bit number, and the elements, big-endian, in C order.
/// Source: http://yann.lecun.com/exdb/mnist/
public enum IDX {
    /// The number type of the elements, by its code in the file.
    public enum ElementType: UInt8, CaseIterable, Sendable, CustomStringConvertible {
        case uint8 = 0x08, int8 = 0x09, int16 = 0x0B, int32 = 0x0C, float32 = 0x0D, float64 = 0x0E

        /// Bytes that one element takes.
        public var size: Int {
            switch self {
            case .uint8, .int8: 1
            case .int16: 2
            case .int32, .float32: 4
            case .float64: 8
            }
        }

        /// The name NumPy uses, such as `uint8`.
        public var description: String {
            switch self {
            case .uint8: "uint8"
            case .int8: "int8"
            case .int16: "int16"
            case .int32: "int32"
            case .float32: "float32"
            case .float64: "float64"
            }
        }
    }

    /// The most axes that are read; what has more is no array anyone stores.
    public static let maximumAxes = 8
    /// The most bytes of elements that are read unless a call says otherwise: 4 GiB.
    public static let defaultLimit = 4 << 30
    /// Deflate cannot make data smaller than this part of it, so a larger promise is a lie.
    static let deflateLimit = 1032

    /// Reads a file; gzip is recognised by its first bytes, whatever the name.
    ///
    /// Memory is taken only once the header's promise has been checked: a plain file must have exactly the
    /// size it promises, a gzip file must be able to hold it, and neither may promise more than `limit`.
    /// - Parameters:
    ///   - path: the file.
    ///   - axes: the number of axes it must have; any if nil.
    ///   - type: the element type it must have; any if nil.
    ///   - limit: the most bytes of elements to read.
    /// - Throws: `FileError`, for everything that is not a complete, correct IDX file of that kind.
    public static func read(
        _ path: String, axes: Int? = nil, type: ElementType? = nil, limit: Int = defaultLimit
    ) throws(FileError) -> IDXArray {
        var reader = try IDXReader(path)
        return try reader.readAll(axes: axes, type: type, limit: limit)
    }

    /// Reads labels, one byte each, and checks that each is below `classes`.
    public static func readLabels(_ path: String, classes: Int) throws(FileError) -> IDXArray {
        let labels = try read(path, axes: 1, type: .uint8)
        let wrong = labels.withUnsafeBytes { bytes in bytes.firstIndex { $0 >= classes } }
        if let wrong {
            let found = labels.withUnsafeBytes { Int($0[wrong]) }
            throw FileError(
                path: path, .unexpected,
                "expected labels from 0 to \(classes - 1), found \(found) at index \(wrong)")
        }
        return labels
    }

    /// Reads gray images, one byte a pixel: [count, height, width].
    public static func readImages(_ path: String) throws(FileError) -> IDXArray {
        try read(path, axes: 3, type: .uint8)
    }
}

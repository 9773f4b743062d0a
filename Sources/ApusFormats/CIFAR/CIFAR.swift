import Apus
import ApusCore

/// The binary form of the CIFAR data sets: colour images of 32 × 32 pixels.
///
/// A file is records without a header: a byte for the class (CIFAR-100: a byte for the superclass before it), then 1,024
/// bytes each of red, green and blue, row by row.
/// Source: Krizhevsky, https://www.cs.toronto.edu/~kriz/cifar.html
public enum CIFAR {
    /// Which of the two sets.
    public enum Variant: Sendable, Hashable {
        /// CIFAR-10: 10 classes.
        case ten
        /// CIFAR-100: 100 classes in 20 superclasses.
        case hundred

        /// Labels are below this.
        public var classes: Int { self == .ten ? 10 : 100 }
        /// Bytes of a record before its pixels.
        var labelBytes: Int { self == .ten ? 1 : 2 }
        var recordSize: Int { labelBytes + CIFAR.pixelBytes }
    }

    /// The contents of a file.
    public struct Records: Sendable {
        /// uint8 [records, 3, 32, 32].
        public let images: Tensor
        /// uint8 [records].
        public let labels: Tensor
        /// uint8 [records], the superclasses of CIFAR-100.
        public let superclasses: Tensor?
    }

    static let pixelBytes = 3 * 32 * 32
    static let superclasses = 20
    /// The most bytes that are read unless a call says otherwise: 1 GiB, twelve times a published set.
    public static let defaultLimit = 1 << 30

    /// Reads a file of whole records, one at least, and checks every label.
    ///
    /// - Throws: `FileError`, for everything that is not such a file.
    public static func read(
        _ path: String, _ variant: Variant, limit: Int = defaultLimit
    ) throws(FileError) -> Records {
        let file = try InputFile(path)
        let size = variant.recordSize
        guard file.size > 0, file.size % size == 0 else {
            throw FileError(
                path: path, .damaged, "expected whole records of \(size) bytes, found \(file.size) bytes")
        }
        guard file.size <= limit else {
            throw FileError(path: path, .tooLarge, "expected at most \(limit) bytes, found \(file.size)")
        }
        let bytes = try file.readAll()
        let count = bytes.count / size
        let images = Storage(byteCount: count * pixelBytes)
        var labels = [[UInt8]](repeating: [], count: variant.labelBytes)
        for record in 0..<count {
            for part in 0..<variant.labelBytes {
                let label = bytes[record * size + part]
                let isClass = part == variant.labelBytes - 1
                let limit = isClass ? variant.classes : superclasses
                if label >= limit {
                    throw FileError(
                        path: path, .damaged,
                        "expected \(isClass ? "labels" : "superclasses") from 0 to \(limit - 1), found \(label) in "
                            + "record \(record)")
                }
                labels[part].append(label)
            }
            bytes.withUnsafeBytes { bytes in
                (images.pointer + record * pixelBytes).copyMemory(
                    from: bytes.baseAddress! + record * size + variant.labelBytes, byteCount: pixelBytes)
            }
        }
        return Records(
            images: Tensor(
                storage: images, layout: Layout(contiguous: [count, 3, 32, 32]), dtype: .uint8),
            labels: Tensor(labels.last!, shape: [count]),
            superclasses: variant == .hundred ? Tensor(labels[0], shape: [count]) : nil)
    }
}

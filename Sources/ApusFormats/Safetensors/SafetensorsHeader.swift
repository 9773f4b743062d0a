import ApusCore

/// What a safetensors file says of itself: its metadata, and where each tensor lies.
///
/// A header that exists is sound: every size was checked, and the tensors fill the data exactly,
/// without holes or overlaps.
public struct SafetensorsHeader: Sendable, Equatable {
    /// The most bytes of JSON that a file may begin with.
    public static let maximumLength = 100_000_000

    /// One tensor of the file.
    public struct Entry: Sendable, Equatable {
        /// Unique in the file.
        public let name: String
        /// The type of the elements.
        public let dtype: DType
        /// The extent of each axis.
        public let shape: Shape
        /// Its bytes, counted from the start of the data.
        public let bytes: Range<Int>

        package init(name: String, dtype: DType, shape: Shape, bytes: Range<Int>) {
            self.name = name
            self.dtype = dtype
            self.shape = shape
            self.bytes = bytes
        }
    }

    /// A tensor of the file whose type tensors here cannot have.
    public struct Unsupported: Sendable, Equatable {
        /// Unique in the file.
        public let name: String
        /// The type that the file gives it.
        public let type: UnsupportedType
        /// The extent of each axis.
        public let shape: Shape
        /// Its bytes, counted from the start of the data.
        public let bytes: Range<Int>

        package init(name: String, type: UnsupportedType, shape: Shape, bytes: Range<Int>) {
            self.name = name
            self.type = type
            self.shape = shape
            self.bytes = bytes
        }
    }

    /// The strings under `__metadata__`.
    public let metadata: [String: String]
    /// The tensors of types that there are here, in the order of their data.
    public let entries: [Entry]
    /// The other tensors, in the order of their data.
    public let unsupported: [Unsupported]
    /// Where in the file the data starts.
    public let dataOffset: Int

    /// Reads and checks the header of a whole file's bytes; `file` is for the message.
    ///
    /// Names that Unicode holds equal (composed and decomposed) count as duplicates, as they are one
    /// key of a Swift dictionary.
    public init(_ bytes: UnsafeRawBufferPointer, file: String) throws(FileError) {
        do throws(Fault) {
            try self.init(bytes)
        } catch {
            throw FileError(path: file, error)
        }
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        guard bytes.count >= 8 else {
            throw .damaged("expected a safetensors file of at least 8 bytes, found \(bytes.count) bytes")
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= Self.maximumLength else { throw Self.tooLong(length) }
        guard length <= bytes.count - 8 else {
            throw .damaged(
                "expected a header of \(length) bytes, found \(bytes.count - 8) bytes left in the file")
        }
        dataOffset = 8 + Int(length)
        var parser = SafetensorsHeaderParser()
        try parser.parse(UnsafeRawBufferPointer(rebasing: bytes[8..<dataOffset]))
        metadata = parser.metadata
        entries = parser.entries.sorted { Self.precedes($0.bytes, $1.bytes) }
        unsupported = parser.unsupported.sorted { Self.precedes($0.bytes, $1.bytes) }
        try Self.check(
            entries.map { ($0.name, $0.bytes) } + unsupported.map { ($0.name, $0.bytes) },
            dataByteCount: bytes.count - dataOffset)
    }

    static func tooLong(_ length: UInt64) -> Fault {
        Fault(.tooLarge, "expected a header of at most \(maximumLength) bytes, found the length \(length)")
    }

    private static func precedes(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
        (a.lowerBound, a.upperBound) < (b.lowerBound, b.upperBound)
    }

    /// All tensors together must fill the data exactly.
    private static func check(
        _ tensors: [(name: String, bytes: Range<Int>)], dataByteCount: Int
    ) throws(Fault) {
        var end = 0
        var previous = ""
        for (name, bytes) in tensors.sorted(by: { precedes($0.bytes, $1.bytes) }) {
            let begin = bytes.lowerBound
            if begin < end {
                throw .tensor(
                    name,
                    "expected data after tensor \(Fault.quoted(previous)), which ends at byte \(end), "
                        + "found it overlapping from byte \(begin)")
            }
            if begin > end {
                throw .tensor(name, "expected data from byte \(end), found a hole up to byte \(begin)")
            }
            guard bytes.upperBound <= dataByteCount else {
                throw .tensor(
                    name,
                    "expected data up to byte \(bytes.upperBound), found \(dataByteCount) bytes of data")
            }
            end = bytes.upperBound
            previous = name
        }
        guard end == dataByteCount else {
            throw .damaged("expected \(end) bytes of data, found \(dataByteCount)")
        }
    }
}

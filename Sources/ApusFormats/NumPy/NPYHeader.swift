import ApusCore

/// What an npy file or a member of an npz archive says of its array.
///
/// A header that exists is sound: the array's size fits an address space, and its type is one that can be read.
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
struct NPYHeader {
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// The most bytes of text, as in NumPy.
    static let maximumLength = 10_000
    /// As many bytes as any header has at most, with what stands before its text.
    static let maximumSize = 12 + maximumLength

    let type: ElementType
    /// Whether the bytes of each number come in the other order than the processor's.
    let isSwapped: Bool
    let shape: Shape
    /// Whether the first axis is the one along which elements are adjacent.
    let isFortran: Bool
    /// Where the elements start, in bytes from the start of the array.
    let dataOffset: Int
    /// Bytes of elements.
    let byteCount: Int

    /// Reads the beginning of a file: all of it, or `maximumSize` bytes.
    init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        guard bytes.count >= 10, bytes.prefix(6).elementsEqual(Self.magic) else {
            throw Fault(
                .otherFormat,
                "expected an npy array, which begins with [\(hexadecimal(Self.magic))], "
                    + "found [\(hexadecimal(Array(bytes.prefix(6))))]")
        }
        guard 1...3 ~= bytes[6], bytes[7] == 0 else {
            throw Fault(
                .unexpected,
                "expected version 1.0, 2.0 or 3.0 of the npy format, found \(bytes[6]).\(bytes[7])")
        }
        let start = bytes[6] == 1 ? 10 : 12
        guard bytes.count >= start else { throw .damaged("the header is cut short") }
        let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.maximumLength else {
            throw Fault(
                .tooLarge, "expected a header of at most \(Self.maximumLength) bytes, found \(length)")
        }
        guard length <= bytes.count - start else {
            throw .damaged("expected a header of \(length) bytes, found \(bytes.count - start) bytes left")
        }
        dataOffset = start + length
        var parser = NPYHeaderParser(Array(bytes[start..<dataOffset]))
        try parser.parse()
        (type, isSwapped) = try Self.type(parser.descr)
        (shape, isFortran) = (parser.shape, parser.isFortran)
        guard shape.count <= Layout.maximumRank else {
            throw .damaged("expected at most \(Layout.maximumRank) axes, found \(shape.count)")
        }
        byteCount = try type.byteCount(of: shape)
    }

    /// The layout of the tensor, whose storage has the elements alone.
    var layout: Layout {
        if !isFortran { return Layout(contiguous: shape) }
        return Layout(shape: shape, strides: shape.reversed().contiguousStrides.reversed())
    }

    /// What `descr` says, such as `<f4`: the order of bytes, a kind, and the bytes of an element.
    private static func type(_ descr: String) throws(Fault) -> (ElementType, isSwapped: Bool) {
        let known: [String: ElementType] = [
            "b1": .tensor(.bool), "u1": .tensor(.uint8), "i4": .tensor(.int32), "i8": .tensor(.int64),
            "f2": .tensor(.float16), "f4": .tensor(.float32), "f8": .tensor(.float64),
            "c8": .tensor(.complex64), "c16": .tensor(.complex128), "i1": .other(.int8),
            "i2": .other(.int16), "u2": .other(.uint16), "u4": .other(.uint32), "u8": .other(.uint64),
        ]
        let order = descr.first.flatMap { "<>|=".contains($0) ? $0 : nil }
        let code = order == nil ? descr : String(descr.dropFirst())
        if let type = known[code] { return (type, order == ">") }
        let kind =
            switch code.first {
            case "O": " (Python objects, which could run code when they are read)"
            case "U", "S", "a": " (text)"
            case "M", "m": " (dates or durations)"
            case "V": " (bytes without a type)"
            case "f", "c": " (numbers of extended precision)"
            default: ""
            }
        throw Fault(
            .unexpected,
            "expected bool, integers, floating-point or complex numbers of at most 64 bits a part, "
                + "found the type \(Fault.quoted(descr))\(kind)")
    }
}

extension ElementType {
    /// Bytes of an array of this shape in the file.
    ///
    /// - Throws: `Fault` where a tensor of it would have more bytes than an address space.
    func byteCount(of shape: Shape) throws(Fault) -> Int {
        // Axes of extent 0 count as 1 here: the strides of an empty tensor must not overflow either.
        guard let elements = shape.map({ max($0, 1) }).checkedElementCount, elements < 1 << 43 else {
            throw Fault(
                .tooLarge, "expected a size that fits an address space, found shape \(Fault.brief(shape))")
        }
        return shape.contains(0) ? 0 : elements * size
    }
}

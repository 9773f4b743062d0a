extension Image {
    /// The most pixels an image may have unless a call says otherwise: Pillow's limit, 2^28 / 3.
    public static let defaultPixelLimit = 89_478_485

    /// What becomes of pixels that are transparent, wholly or in part.
    public enum Transparency: Sendable, Hashable {
        /// Their colours are taken as they are stored, as by Pillow's `convert`.
        case ignored
        /// A gray shows through, 0 (black) to 255 (white).
        case over(UInt8)
        /// A gray shows through that what is drawn stands out from.
        case overContrast
    }

    /// Reads a PNG, JPEG, PPM or PGM file, whatever its name.
    ///
    /// Pixels are those of Pillow's `convert`. JPEG files are upright, as their Exif orientation says. Of 16 bits a sample the
    /// upper 8 are taken.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - format: gray (colours become luma) or RGB; what the file has if nil.
    ///   - transparency: what becomes of transparent pixels.
    ///   - pixelLimit: the most pixels; checked before memory is taken.
    /// - Throws: `FileError`, which names what another file is.
    public static func read(
        _ path: String, as format: Format? = nil, transparency: Transparency = .ignored,
        pixelLimit: Int = defaultPixelLimit
    ) throws(FileError) -> Image {
        try decode(
            try bytes(of: path, pixelLimit: pixelLimit), name: path, as: format, transparency: transparency,
            pixelLimit: pixelLimit)
    }

    /// Reads what comes out of an open descriptor, such as a pipe's or standard input's, to its end; `name` stands for it
    /// in errors.
    public static func read(
        descriptor: Int32, name: String, as format: Format? = nil, transparency: Transparency = .ignored,
        pixelLimit: Int = defaultPixelLimit
    ) throws(FileError) -> Image {
        let bytes = try readStream(descriptor, name: name, limit: byteLimit(pixelLimit)) {
            $0.count < 16 || FileKind($0)?.isRead == true
        }
        return try decode(
            bytes, name: name, as: format, transparency: transparency, pixelLimit: pixelLimit)
    }

    /// Decodes the bytes of a PNG, JPEG, PPM or PGM file; `name` stands for the file in errors.
    public static func decode(
        _ bytes: [UInt8], name: String, as format: Format? = nil, transparency: Transparency = .ignored,
        pixelLimit: Int = defaultPixelLimit
    ) throws(FileError) -> Image {
        switch FileKind(bytes) {
        case .png:
            return try PNG.decode(
                bytes, name: name, as: format, transparency: transparency, pixelLimit: pixelLimit)
        case .jpeg: return try JPEG.decode(bytes, name: name, as: format, pixelLimit: pixelLimit)
        case .portableMap:
            do throws(Fault) {
                return try PortableMap.decode(bytes, pixelLimit: pixelLimit).converted(to: format)
            } catch {
                throw FileError(path: name, error)
            }
        case .other(let kind):
            throw FileError(path: name, .otherFormat, "\(kind); Apus reads PNG, JPEG, PPM and PGM")
        case nil:
            let found = hexadecimal(Array(bytes.prefix(8)))
            throw FileError(
                path: name, .otherFormat,
                "expected a PNG, JPEG, PPM or PGM file, found one that begins with [\(found)]")
        }
    }

    /// In a format; as it is for nil.
    func converted(to format: Format?) -> Image {
        switch format {
        case nil: self
        case .gray: gray
        case .rgb: rgb
        }
    }

    /// All bytes of a file that is not too long to be a picture within the limit.
    static func bytes(of path: String, pixelLimit: Int) throws(FileError) -> [UInt8] {
        let file = try InputFile(path)
        if file.size > byteLimit(pixelLimit) {
            throw FileError(path: path, .tooLarge, "\(file.size) bytes are too many for a picture")
        }
        return try file.readAll()
    }

    /// A file is not much larger than its pixels: what is longer than this is no picture, and is not read in whole.
    static func byteLimit(_ pixelLimit: Int) -> Int {
        let (limit, overflow) = pixelLimit.multipliedReportingOverflow(by: 9)
        return overflow ? .max : max(limit, 0) + (64 << 20)
    }
}

/// What a picture's first bytes say that it is.
private enum FileKind {
    case png, jpeg, portableMap
    /// One that is not read, such as "a WebP file".
    case other(String)

    var isRead: Bool {
        if case .other = self { false } else { true }
    }

    init?(_ bytes: [UInt8]) {
        func has(_ text: String, at offset: Int = 0) -> Bool {
            bytes.dropFirst(offset).starts(with: text.utf8)
        }
        func begins(_ signature: [UInt8]) -> Bool { bytes.starts(with: signature) }
        if begins(PNG.signature) {
            self = .png
        } else if begins(JPEG.signature) {
            self = .jpeg
        } else if PortableMap.isSignature(bytes) {
            self = .portableMap
        } else if has("RIFF") && has("WEBP", at: 8) {
            self = .other("a WebP file")
        } else if begins([0x49, 0x49, 0x2A, 0]) || begins([0x4D, 0x4D, 0, 0x2A]) {
            self = .other("a TIFF file")
        } else if has("GIF87a") || has("GIF89a") {
            self = .other("a GIF file")
        } else if has("BM") {
            self = .other("a BMP file")
        } else if has("ftypavif", at: 4) {
            self = .other("an AVIF file")
        } else if has("ftyphei", at: 4) || has("ftypmif1", at: 4) {
            self = .other("a HEIC file")
        } else if begins([0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20]) {
            self = .other("a JPEG 2000 file")
        } else if begins([0xFF, 0x0A]) || begins([0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20]) {
            self = .other("a JPEG XL file")
        } else if has("P1") || has("P4") || has("P7") {
            self = .other("a PBM or PAM file")
        } else {
            return nil
        }
    }
}

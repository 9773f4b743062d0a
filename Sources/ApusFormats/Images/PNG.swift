import CPNG

/// PNG files, read and written through libpng's simplified interface, which reports errors by value.
public enum PNG {
    /// The most pixels an image may have unless a call says otherwise: Pillow's limit, 2^28 / 3.
    public static let defaultPixelLimit = Image.defaultPixelLimit

    package static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Reads a file of any depth and colour type as it is to be seen; palette images become RGB, 16 bits a sample become 8.
    ///
    /// `Image.read` takes the samples as they are stored instead, as Pillow does: without a background or the file's gamma.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - format: gray (colours become luma) or RGB; what the file has if nil.
    ///   - background: the gray that shows through transparent pixels, 0 (black) to 255 (white); nil is one that what is
    ///     drawn stands out from.
    ///   - pixelLimit: the most pixels; checked before memory is taken.
    public static func read(
        _ path: String, as format: Image.Format? = nil, background: UInt8? = 255,
        pixelLimit: Int = defaultPixelLimit
    ) throws(FileError) -> Image {
        try decode(
            try Image.bytes(of: path, pixelLimit: pixelLimit), name: path, as: format, background: background,
            pixelLimit: pixelLimit)
    }

    /// Reads what comes out of an open descriptor, such as a pipe's or standard input's, to its end; `name` stands for it
    /// in errors.
    public static func read(
        descriptor: Int32, name: String, as format: Image.Format? = nil, background: UInt8? = 255,
        pixelLimit: Int = defaultPixelLimit
    ) throws(FileError) -> Image {
        let bytes = try readStream(descriptor, name: name, limit: Image.byteLimit(pixelLimit)) {
            $0.count < signature.count || $0.starts(with: signature)
        }
        return try decode(
            bytes, name: name, as: format, background: background, pixelLimit: pixelLimit)
    }

    /// Decodes a PNG file's bytes; `name` stands for the file in errors.
    public static func decode(
        _ bytes: [UInt8], name: String, as format: Image.Format? = nil, background: UInt8? = 255,
        pixelLimit: Int = defaultPixelLimit
    ) throws(FileError) -> Image {
        try decode(
            bytes, name: name, as: format, transparency: background.map { .over($0) } ?? .overContrast,
            pixelLimit: pixelLimit)
    }

    static func decode(
        _ bytes: [UInt8], name: String, as format: Image.Format?, transparency: Image.Transparency,
        pixelLimit: Int
    ) throws(FileError) -> Image {
        guard bytes.starts(with: signature) else {
            let found = hexadecimal(Array(bytes.prefix(8)))
            throw FileError(
                path: name, .otherFormat, "expected a PNG file, found one that begins with [\(found)]")
        }
        try checkPromise(bytes, name: name, pixelLimit: pixelLimit)

        let isAsStored = transparency == .ignored
        return try (isAsStored ? withoutAncillary(bytes) : bytes).withUnsafeBytes { buffer in
            Result { () throws(FileError) in
                // 16 bits a sample are there as they are only where nothing is done with opacities.
                if isAsStored && bytes[24] == 16 && bytes[25] < 4 {
                    return try upperBytes(buffer, name: name)
                }
                return try decodeChecked(buffer, name: name, transparency)
            }
        }
        .get().converted(to: format)
    }

    /// Decodes what has passed `checkPromise`, as gray or RGB, whichever the file has.
    private static func decodeChecked(
        _ bytes: UnsafeRawBufferPointer, name: String, _ transparency: Image.Transparency
    ) throws(FileError) -> Image {
        let reader = try PNGReader(bytes, name: name)
        // Colours are read as RGB even where gray is asked for: libpng's own conversion works in
        // linear light, unlike every other tool's luma.
        let format: Image.Format = reader.hasColor ? .rgb : .gray
        var keepsAlpha = reader.hasAlpha
        var gray: UInt8 = 255
        if case .over(let behind) = transparency { (gray, keepsAlpha) = (behind, false) }
        // libpng would take 16-bit samples for linear light; PNG files hold sRGB unless they say so.
        var pixels: [UInt8] = try reader.pixels(
            format: (format == .rgb ? PNG_FORMAT_FLAG_COLOR : 0) | (keepsAlpha ? PNG_FORMAT_FLAG_ALPHA : 0),
            flags: UInt32(PNG_IMAGE_FLAG_16BIT_sRGB), channels: format.channels + (keepsAlpha ? 1 : 0),
            behind: gray)
        if keepsAlpha {
            pixels =
                transparency == .ignored
                ? withoutAlpha(pixels, format) : beforeContrast(pixels, width: reader.width, format)
        }
        return Image(width: reader.width, height: reader.height, format: format, pixels: pixels)
    }

    static func damaged(_ name: String, _ reason: String) -> FileError {
        FileError(
            path: name, .damaged, "expected a complete, sound image, found it damaged: \(reason)")
    }

    /// Checks the header's size against the limit and against what the file's bytes can inflate to.
    private static func checkPromise(
        _ bytes: [UInt8], name: String, pixelLimit: Int
    ) throws(FileError) {
        // 8 signature, 4 length, 4 "IHDR", 4 width, 4 height, 1 depth, 1 colour type
        guard bytes.count >= 33, bytes[12..<16].elementsEqual("IHDR".utf8) else {
            throw damaged(name, "the header is missing or cut short")
        }
        let width = bytes[16..<20].reduce(0) { $0 << 8 | Int($1) }
        let height = bytes[20..<24].reduce(0) { $0 << 8 | Int($1) }
        guard width > 0, height > 0 else {
            throw damaged(name, "the header says \(width) × \(height) pixels")
        }
        // Both are below 2^32, so this may pass 2^63 but not wrap when unsigned.
        guard UInt(width) * UInt(height) <= UInt(max(pixelLimit, 0)) else {
            throw FileError(
                path: name, .tooLarge,
                "expected at most \(pixelLimit) pixels, found \(width) × \(height)")
        }
        let channels = [1, 1, 3, 1, 2, 1, 4][Int(min(bytes[25], 6))]
        let promised = width * height * channels * Int(bytes[24]) / 8
        if promised / IDX.deflateLimit > bytes.count {
            throw FileError(
                path: name, .tooLarge,
                "expected at most the pixels that \(bytes.count) bytes can hold, found a header of "
                    + "\(width) × \(height)")
        }
    }
}

extension png_image {
    /// libpng's account of its last warning or error.
    var messageText: String {
        withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

import CJPEG

/// JPEG files, read and written through libjpeg-turbo's TurboJPEG interface, which reports errors by value.
///
/// Pixels are Pillow's: the accurate integer transform, and chroma interpolated.
public enum JPEG {
    static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]

    /// Reads a baseline or progressive file, upright as its Exif orientation says; CMYK becomes RGB.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - format: gray (colours become luma) or RGB; what the file has if nil.
    ///   - pixelLimit: the most pixels; checked before memory is taken.
    /// - Throws: `FileError`, for damaged and shortened files too.
    public static func read(
        _ path: String, as format: Image.Format? = nil, pixelLimit: Int = Image.defaultPixelLimit
    ) throws(FileError) -> Image {
        try decode(
            try Image.bytes(of: path, pixelLimit: pixelLimit), name: path, as: format, pixelLimit: pixelLimit)
    }

    /// Decodes a JPEG file's bytes; `name` stands for the file in errors.
    public static func decode(
        _ bytes: [UInt8], name: String, as format: Image.Format? = nil,
        pixelLimit: Int = Image.defaultPixelLimit
    ) throws(FileError) -> Image {
        guard bytes.starts(with: signature) else {
            let found = hexadecimal(Array(bytes.prefix(8)))
            throw FileError(
                path: name, .otherFormat, "expected a JPEG file, found one that begins with [\(found)]")
        }
        do throws(Fault) {
            return try decode(bytes, pixelLimit: pixelLimit).converted(to: format)
        } catch {
            throw FileError(path: name, error)
        }
    }

    private static func decode(_ bytes: [UInt8], pixelLimit: Int) throws(Fault) -> Image {
        let header = try JPEGHeader(bytes)
        let (width, height) = (header.width, header.height)
        guard width > 0, height > 0 else { throw .damaged("the header says \(width) × \(height) pixels") }
        guard width * height <= pixelLimit else {
            throw Fault(.tooLarge, "expected at most \(pixelLimit) pixels, found \(width) × \(height)")
        }
        // A block of 64 pixels takes at least a bit.
        guard width * height / 1024 <= bytes.count else {
            throw Fault(
                .tooLarge,
                "expected at most the pixels that \(bytes.count) bytes can hold, found a header of "
                    + "\(width) × \(height)")
        }
        let (channels, pixelFormat): (Int, TJPF)
        switch header.components {
        case 1: (channels, pixelFormat) = (1, TJPF_GRAY)
        case 3: (channels, pixelFormat) = (3, TJPF_RGB)
        case 4: (channels, pixelFormat) = (4, TJPF_CMYK)
        default: throw .damaged("expected 1, 3 or 4 components, found \(header.components)")
        }
        var pixels = [UInt8](repeating: 0, count: width * height * channels)
        try decompress(bytes, header, into: &pixels, pitch: width * channels, pixelFormat)
        if channels == 4 { pixels = rgb(fromInverted: pixels) }
        let image = Image(
            width: width, height: height, format: channels == 1 ? .gray : .rgb, pixels: pixels)
        return image.upright(from: header.orientation)
    }

    private static func decompress(
        _ bytes: [UInt8], _ header: JPEGHeader, into pixels: inout [UInt8], pitch: Int, _ pixelFormat: TJPF
    ) throws(Fault) {
        guard let decompressor = tjInitDecompress() else {
            throw Fault(.system(12), "cannot decode: \(String(cString: tjGetErrorStr2(nil)))")
        }
        defer { tjDestroy(decompressor) }
        // The width and height keep the library within `pixels`, whatever it reads in the header itself. Hundreds of scans
        // are no picture, but a way to keep the reader busy.
        let result = tjDecompress2(
            decompressor, bytes, UInt(bytes.count), &pixels, Int32(header.width), Int32(pitch),
            Int32(header.height), Int32(pixelFormat.rawValue), TJFLAG_LIMITSCANS)
        if result == 0 { return }
        let message = String(cString: tjGetErrorStr2(decompressor))
        let isWarning = tjGetErrorCode(decompressor) == Int32(TJERR_WARNING.rawValue)
        guard isWarning && isHarmless(message) && endsAfterScan(bytes, header) else {
            throw .damaged("expected a complete, sound image, found it damaged: \(message)")
        }
    }

    /// Whether pixels are whole in spite of a warning. Many cameras leave bytes between segments.
    private static func isHarmless(_ warning: String) -> Bool {
        if warning.hasPrefix("Premature") { return false }
        return !warning.hasPrefix("Corrupt JPEG data") || warning.contains("extraneous bytes")
    }

    /// Whether there is an end of the image; only the first warning is known, and there may have been one that it is missing.
    private static func endsAfterScan(_ bytes: [UInt8], _ header: JPEGHeader) -> Bool {
        var position = bytes.count - 2
        while position > header.scan {
            if bytes[position] == 0xFF && bytes[position + 1] == 0xD9 { return true }
            position -= 1
        }
        return false
    }

    /// RGB of CMYK in the way that Adobe stores it, which all do: 255 is no ink.
    private static func rgb(fromInverted pixels: [UInt8]) -> [UInt8] {
        let count = pixels.count / 4
        return [UInt8](unsafeUninitializedCapacity: 3 * count) { out, written in
            for i in 0..<count {
                let light = Int(pixels[4 * i + 3])
                for channel in 0..<3 {
                    // ink × light / 255, rounded.
                    let product = (255 - Int(pixels[4 * i + channel])) * light + 128
                    out[3 * i + channel] = UInt8(max(light - (product + product >> 8) >> 8, 0))
                }
            }
            written = 3 * count
        }
    }
}

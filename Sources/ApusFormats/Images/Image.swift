import ApusCore

/// A picture in memory: 8 bits a sample, gray or RGB, rows from top to bottom without gaps.
public struct Image: Sendable, Equatable {
    /// The samples of a pixel.
    public enum Format: Int, Sendable {
        /// One sample, the brightness.
        case gray = 1
        /// Three samples: red, green and blue.
        case rgb = 3

        /// Samples, and so bytes, in a pixel.
        public var channels: Int { rawValue }
    }

    /// Pixels of a row.
    public let width: Int
    /// Rows of pixels.
    public let height: Int
    /// The samples that each pixel has.
    public let format: Format
    /// [height, width, channels] in C order; always as many.
    public var pixels: [UInt8] {
        didSet {
            if pixels.count != width * height * format.channels {
                fail("Image", "\(pixels.count) bytes do not make \(width) × \(height) × \(format.channels)")
            }
        }
    }

    /// - Precondition: `pixels` has width × height × channels bytes.
    public init(width: Int, height: Int, format: Format, pixels: [UInt8]) {
        if width <= 0 || height <= 0 || [width, height, format.channels].checkedElementCount != pixels.count {
            fail("Image", "\(pixels.count) bytes do not make \(width) × \(height) × \(format.channels)")
        }
        self.width = width
        self.height = height
        self.format = format
        self.pixels = pixels
    }

    /// The luma of each pixel (ITU-R BT.601, as Pillow's "L": 0.299 R + 0.587 G + 0.114 B); itself if gray.
    public var gray: Image {
        if format == .gray { return self }
        let luma = [UInt8](unsafeUninitializedCapacity: width * height) { out, count in
            for i in 0..<width * height {
                out[i] = Image.luma(pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2])
            }
            count = width * height
        }
        return Image(width: width, height: height, format: .gray, pixels: luma)
    }

    static func luma(_ r: UInt8, _ g: UInt8, _ b: UInt8) -> UInt8 {
        let (r, g, b) = (Int(r), Int(g), Int(b))
        return UInt8((19595 * r + 38470 * g + 7471 * b + 0x8000) >> 16)
    }

    /// The same picture with three equal samples a pixel; itself if RGB.
    public var rgb: Image {
        if format == .rgb { return self }
        let tripled = [UInt8](unsafeUninitializedCapacity: 3 * pixels.count) { out, count in
            for i in pixels.indices {
                for channel in 0..<3 { out[3 * i + channel] = pixels[i] }
            }
            count = 3 * pixels.count
        }
        return Image(width: width, height: height, format: .rgb, pixels: tripled)
    }
}

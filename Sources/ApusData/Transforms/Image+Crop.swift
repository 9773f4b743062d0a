import ApusCore
import ApusFormats

extension Image {
    /// What new pixels beyond the edge are filled with: a number for a gray, or three for red, green and blue.
    public enum Color: Sendable, Hashable, ExpressibleByIntegerLiteral {
        /// 0 (black) to 255 (white).
        case gray(UInt8)
        /// Red, green and blue; in gray pictures their luma.
        case rgb(UInt8, UInt8, UInt8)

        /// A gray, 0 (black) to 255 (white).
        public init(integerLiteral value: UInt8) { self = .gray(value) }

        func samples(_ format: Format) -> [UInt8] {
            switch self {
            case .gray(let gray): [UInt8](repeating: gray, count: format.channels)
            case .rgb(let r, let g, let b):
                format == .rgb
                    ? [r, g, b] : Image(width: 1, height: 1, format: .rgb, pixels: [r, g, b]).gray.pixels
            }
        }
    }

    /// What stands beyond the edges of a padded picture.
    public enum Padding: Sendable, Hashable {
        /// One colour.
        case constant(Color)
        /// The last pixel, again and again.
        case edge
        /// The picture mirrored, without its last pixel: `d c b | a b c d | c b a`.
        case reflect
        /// The picture mirrored: `c b a | a b c d | d c b`.
        case symmetric
    }

    /// The part of this picture that begins at column `x` and row `y`; black where that is outside.
    public func cropped(
        x: Int, y: Int, width: Int, height: Int, file: StaticString = #fileID, line: UInt = #line
    ) -> Image {
        if width < 1 || height < 1 || [width, height, 3].clampedProduct > 1 << 40 {
            fail("cropped", "to \(width) × \(height) pixels", at: CallSite(file: file, line: line))
        }
        let channels = format.channels
        let (left, right) = (max(x, 0), min(x.addingClamped(width), self.width))
        var result = [UInt8](repeating: 0, count: width * height * channels)
        if left < right {
            for row in max(-y, 0)..<max(min(height, self.height - y), max(-y, 0)) {
                let to = (row * width + left - x) * channels
                let from = ((row + y) * self.width + left) * channels
                let bytes = (right - left) * channels
                result.replaceSubrange(to..<to + bytes, with: pixels[from..<from + bytes])
            }
        }
        return Image(width: width, height: height, format: format, pixels: result)
    }

    /// This picture with so many more pixels at each edge; a negative number takes pixels away.
    public func padded(
        left: Int, top: Int, right: Int, bottom: Int, _ padding: Padding = .constant(0),
        file: StaticString = #fileID, line: UInt = #line
    ) -> Image {
        let site = CallSite(file: file, line: line)
        let width = self.width.addingClamped(left).addingClamped(right)
        let height = self.height.addingClamped(top).addingClamped(bottom)
        if width < 1 || height < 1 || [width, height, 3].clampedProduct > 1 << 40 {
            fail("padded", "\(self.width) × \(self.height) pixels to \(width) × \(height)", at: site)
        }
        if left <= 0 && top <= 0 && right <= 0 && bottom <= 0 {
            return cropped(x: -left, y: -top, width: width, height: height, file: file, line: line)
        }
        // Mirrors stand at the edges of what is left.
        let columns = sources(self.width, before: left, after: right, padding)
        let rows = sources(self.height, before: top, after: bottom, padding)
        let channels = format.channels
        var color: [UInt8] = []
        if case .constant(let fill) = padding { color = fill.samples(format) }
        let bytes = [UInt8](unsafeUninitializedCapacity: width * height * channels) { out, count in
            var to = out.baseAddress!
            for row in rows {
                for column in columns {
                    if let row, let column {
                        let from = (row * self.width + column) * channels
                        for channel in 0..<channels { to[channel] = pixels[from + channel] }
                    } else {
                        for channel in 0..<channels { to[channel] = color[channel] }
                    }
                    to += channels
                }
            }
            count = width * height * channels
        }
        return Image(width: width, height: height, format: format, pixels: bytes)
    }

    /// For each new position along an axis the old one; nil is the colour.
    private func sources(_ count: Int, before: Int, after: Int, _ padding: Padding) -> [Int?] {
        let first = max(-before, 0)
        let kept = count - first - max(-after, 0)
        return (-max(before, 0)..<kept + max(after, 0)).map { position in
            if (0..<kept).contains(position) { return first + position }
            switch padding {
            case .constant: return nil
            case .edge: return first + min(max(position, 0), kept - 1)
            case .reflect:
                let period = max(2 * (kept - 1), 1)
                let phase = ((position % period) + period) % period
                return first + min(phase, period - phase) % kept
            case .symmetric:
                let phase = ((position % (2 * kept)) + 2 * kept) % (2 * kept)
                return first + min(phase, 2 * kept - 1 - phase)
            }
        }
    }
}

import ApusCore
import ApusFormats

extension Image {
    /// The bytes of this image at another size: each new pixel is the mean of the area it covers.
    public func resampled(to width: Int, _ height: Int) -> [UInt8] {
        let channels = format.channels
        if width < 1 || height < 1 || [width, height, channels].clampedProduct > 1 << 40 {
            fail("Image", "cannot be resampled to \(width) × \(height) pixels")
        }
        if self.width == width && self.height == height { return pixels }
        var result = [UInt8](repeating: 0, count: width * height * channels)
        let columns = Image.spans(self.width, width)
        let rows = Image.spans(self.height, height)
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<channels {
                    var sum = 0.0
                    var area = 0.0
                    for (row, rowWeight) in rows[y] {
                        for (column, columnWeight) in columns[x] {
                            let weight = rowWeight * columnWeight
                            sum += weight * Double(pixels[(row * self.width + column) * channels + channel])
                            area += weight
                        }
                    }
                    result[(y * width + x) * channels + channel] = UInt8((sum / area).rounded())
                }
            }
        }
        return result
    }

    /// For each of `target` cells along an axis, the cells of `source` it covers and how much of each.
    private static func spans(_ source: Int, _ target: Int) -> [[(Int, Double)]] {
        let scale = Double(source) / Double(target)
        return (0..<target).map { cell in
            let low = Double(cell) * scale
            let high = low + scale
            let first = min(Int(low), source - 1)
            let last = max(first, min(Int(high.rounded(.up)) - 1, source - 1))
            return (first...last).map { ($0, max(min(high, Double($0 + 1)) - max(low, Double($0)), 1e-9)) }
        }
    }
}

import ApusCore
import ApusFormats
import Glibc

extension Image {
    /// Each pixel the mean of those around it with the weights of a Gaussian; beyond the edge the picture is mirrored.
    ///
    /// - Parameters:
    ///   - size: pixels along each side of the window, odd, at most twice the picture's shorter side.
    ///   - sigma: the standard deviation in pixels, above 0.
    public func gaussianBlurred(size: Int, sigma: Double) -> Image {
        let radius = size / 2
        if size < 1 || size.isMultiple(of: 2) || radius >= min(width, height) {
            fail("gaussianBlurred", "a window of \(size) pixels for a picture of \(width) × \(height)")
        }
        if !(sigma > 0 && sigma.isFinite) { fail("gaussianBlurred", "sigma \(sigma) is not above 0") }
        var weights = (-radius...radius).map { Float(exp(-0.5 * Double($0 * $0) / (sigma * sigma))) }
        let sum = weights.reduce(0, +)
        for i in weights.indices { weights[i] /= sum }
        let channels = format.channels
        func mirrored(_ i: Int, _ count: Int) -> Int {
            i < 0 ? -i : i >= count ? 2 * (count - 1) - i : i
        }
        var rows = [Float](repeating: 0, count: pixels.count)
        for y in 0..<height {
            for (offset, weight) in weights.enumerated() {
                for x in 0..<width {
                    let from = (y * width + mirrored(x + offset - radius, width)) * channels
                    let to = (y * width + x) * channels
                    for channel in 0..<channels {
                        rows[to + channel] += weight * Float(pixels[from + channel])
                    }
                }
            }
        }
        var result = [UInt8](repeating: 0, count: pixels.count)
        var line = [Float](repeating: 0, count: width * channels)
        for y in 0..<height {
            for i in line.indices { line[i] = 0 }
            for (offset, weight) in weights.enumerated() {
                let from = mirrored(y + offset - radius, height) * width * channels
                for i in line.indices { line[i] += weight * rows[from + i] }
            }
            for i in line.indices {
                result[y * width * channels + i] = UInt8(min(line[i].rounded(.toNearestOrEven), 255))
            }
        }
        return Image(width: width, height: height, format: format, pixels: result)
    }
}

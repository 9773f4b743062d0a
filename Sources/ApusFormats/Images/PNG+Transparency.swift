extension PNG {
    /// Pixels with a last sample for their opacity, laid over a gray that what is drawn stands out from.
    ///
    /// Strokes on nothing are of about one lightness: they get white or black, whichever is further. What is opaque on most
    /// of the part that it takes, and light and dark itself, such as a drawing on a cut-out sheet, gets the gray of its
    /// sheet.
    static func beforeContrast(_ pixels: [UInt8], width: Int, _ format: Image.Format) -> [UInt8] {
        let channels = format.channels
        let count = pixels.count / (channels + 1)
        // How much is drawn in each gray.
        var amounts = [Int](repeating: 0, count: 256)
        var (left, right, top, bottom) = (width, 0, Int.max, 0)
        for i in 0..<count {
            let pixel = i * (channels + 1)
            let gray =
                format == .gray
                ? pixels[pixel] : Image.luma(pixels[pixel], pixels[pixel + 1], pixels[pixel + 2])
            let opacity = pixels[pixel + channels]
            amounts[Int(gray)] += Int(opacity)
            if opacity > 127 {
                (left, right) = (min(left, i % width), max(right, i % width + 1))
                (top, bottom) = (min(top, i / width), max(bottom, i / width + 1))
            }
        }
        let area = right > left ? (right - left) * (bottom - top) : count
        let background = ground(amounts, pixels: area)
        return [UInt8](unsafeUninitializedCapacity: count * channels) { out, written in
            for i in 0..<count {
                let opacity = Int(pixels[i * (channels + 1) + channels])
                for channel in 0..<channels {
                    let sample = Int(pixels[i * (channels + 1) + channel])
                    out[i * channels + channel] = UInt8(
                        (sample * opacity + background * (255 - opacity) + 127) / 255)
                }
            }
            written = count * channels
        }
    }

    private static func ground(_ amounts: [Int], pixels: Int) -> Int {
        let total = amounts.reduce(0, +)
        if total == 0 { return 255 }
        func moment(_ power: (Double) -> Double) -> Double {
            amounts.indices.reduce(0) { $0 + Double(amounts[$1]) * power(Double($1)) } / Double(total)
        }
        let mean = moment { $0 }
        let deviation = moment { ($0 - mean) * ($0 - mean) }.squareRoot()
        if total > pixels * 255 / 2 && deviation > 4 {
            var below = 0
            return amounts.firstIndex {
                below += $0
                return 2 * below >= total
            }!
        }
        return mean < 128 ? 255 : 0
    }
}

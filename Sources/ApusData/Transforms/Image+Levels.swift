import ApusCore
import ApusFormats

// Pictures whose new samples depend on the old ones of their channel alone, with the bytes of Pillow's ImageOps.

extension Image {
    /// 255 − each sample.
    public func inverted() -> Image { mapped { 255 - $0 } }

    /// Each sample with its upper bits only.
    ///
    /// - Parameter bits: how many are kept, 0 to 8.
    public func posterized(bits: Int) -> Image {
        if !(0...8).contains(bits) { fail("posterized", "\(bits) bits are not in 0...8") }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
        return mapped { $0 & mask }
    }

    /// Samples from `threshold` on inverted.
    public func solarized(threshold: Double = 128) -> Image {
        mapped { Double($0) < threshold ? $0 : 255 - $0 }
    }

    /// The darkest sample of each channel black, the lightest white, and the others in between.
    public func autoContrasted() -> Image {
        mapped(
            tables: histograms().map { histogram in
                guard let low = histogram.firstIndex(where: { $0 > 0 }),
                    let high = histogram.lastIndex(where: { $0 > 0 }), low < high
                else { return Array(0...255) }
                let scale = 255 / Double(high - low)
                let offset = -Double(low) * scale
                return (0..<256).map { UInt8(clamping: Int(Double($0) * scale + offset)) }
            })
    }

    /// Every gray of each channel about equally often.
    public func equalized() -> Image {
        mapped(
            tables: histograms().map { histogram in
                let lightest = histogram.last { $0 > 0 } ?? 0
                let step = (width * height - lightest) / 255
                if step == 0 || lightest == width * height { return Array(0...255) }
                var below = step / 2
                return (0..<256).map { value in
                    defer { below += histogram[value] }
                    return UInt8(clamping: below / step)
                }
            })
    }

    /// How often each value is there, for each channel.
    func histograms() -> [[Int]] {
        let channels = format.channels
        var counts = [[Int]](repeating: [Int](repeating: 0, count: 256), count: channels)
        for channel in 0..<channels {
            for i in stride(from: channel, to: pixels.count, by: channels) {
                counts[channel][Int(pixels[i])] += 1
            }
        }
        return counts
    }

    /// Each sample by a function.
    func mapped(_ function: (UInt8) -> UInt8) -> Image {
        let table = (0...255).map { function(UInt8($0)) }
        return Image(width: width, height: height, format: format, pixels: pixels.map { table[Int($0)] })
    }

    /// Each channel by a table of 256 values.
    private func mapped(tables: [[UInt8]]) -> Image {
        let channels = format.channels
        var result = pixels
        for channel in 0..<channels {
            let table = tables[channel]
            for i in stride(from: channel, to: result.count, by: channels) {
                result[i] = table[Int(result[i])]
            }
        }
        return Image(width: width, height: height, format: format, pixels: result)
    }
}

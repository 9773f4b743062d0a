import ApusCore
import ApusFormats

// Pictures between this one (factor 1) and another (factor 0), and beyond, with the bytes of Pillow's ImageEnhance.

extension Image {
    /// Between black (0) and this picture (1), and beyond.
    public func brightness(_ factor: Double) -> Image {
        checkFinite([factor], "brightness")
        return mapped { blend(0, $0, Float(factor)) }
    }

    /// Between the mean gray (0) and this picture (1), and beyond.
    public func contrast(_ factor: Double) -> Image {
        checkFinite([factor], "contrast")
        let luma = gray.pixels
        let sum = luma.reduce(0) { $0 + Int($1) }
        let mean = UInt8(Double(sum) / Double(luma.count) + 0.5)
        return mapped { blend(mean, $0, Float(factor)) }
    }

    /// Between grays (0) and this picture (1), and beyond; gray pictures stay as they are.
    public func saturation(_ factor: Double) -> Image {
        checkFinite([factor], "saturation")
        return format == .gray ? self : blended(gray.rgb, factor)
    }

    /// Between a smoothed picture (0) and this one (1), and beyond.
    public func sharpness(_ factor: Double) -> Image {
        checkFinite([factor], "sharpness")
        return blended(smoothed(), factor)
    }

    /// Colours moved around the colour wheel by a share of it; gray pictures stay as they are.
    ///
    /// - Parameter shift: −½ to ½; both are the opposite colours.
    public func hue(_ shift: Double) -> Image {
        if !(-0.5...0.5).contains(shift) { fail("hue", "shift \(shift) is not in -0.5...0.5") }
        if format == .gray { return self }
        let steps = UInt8(truncatingIfNeeded: Int(shift * 255))
        var result = pixels
        for i in stride(from: 0, to: result.count, by: 3) {
            let (h, s, v) = hsv(result[i], result[i + 1], result[i + 2])
            (result[i], result[i + 1], result[i + 2]) = color(h &+ steps, s, v)
        }
        return Image(width: width, height: height, format: format, pixels: result)
    }

    /// Each pixel with its neighbours: five parts of itself and one of each of the eight; the border as it is.
    private func smoothed() -> Image {
        if width < 3 || height < 3 { return self }
        let (channels, row) = (format.channels, width * format.channels)
        var result = pixels
        for y in 1..<height - 1 {
            for i in y * row + channels..<(y + 1) * row - channels {
                var sum = 4 * Int(pixels[i])
                for line in [i - row, i, i + row] {
                    sum += Int(pixels[line - channels]) + Int(pixels[line]) + Int(pixels[line + channels])
                }
                // sum / 13, rounded.
                result[i] = UInt8((2 * sum + 13) / 26)
            }
        }
        return Image(width: width, height: height, format: format, pixels: result)
    }

    private func blended(_ other: Image, _ factor: Double) -> Image {
        let factor = Float(factor)
        let mixed = zip(other.pixels, pixels).map { blend($0, $1, factor) }
        return Image(width: width, height: height, format: format, pixels: mixed)
    }
}

/// a + factor (b − a) in 0...255, rounded down, in float32.
private func blend(_ a: UInt8, _ b: UInt8, _ factor: Float) -> UInt8 {
    UInt8(min(max(Float(a) + factor * (Float(b) - Float(a)), 0), 255))
}

/// Hue, saturation and value, each in 0...255; where Pillow computes in float32, this does.
private func hsv(_ r: UInt8, _ g: UInt8, _ b: UInt8) -> (UInt8, UInt8, UInt8) {
    let (high, low) = (max(r, g, b), min(r, g, b))
    if high == low { return (0, 0, high) }
    let range = Float(high - low)
    let saturation = range / Float(high)
    let (red, green, blue) = (Float(high - r) / range, Float(high - g) / range, Float(high - b) / range)
    let sector: Float =
        if r == high {
            blue - green
        } else if g == high {
            Float(2 + Double(red) - Double(blue))
        } else {
            Float(4 + Double(green) - Double(red))
        }
    let hue = Float((Double(sector) / 6 + 1).truncatingRemainder(dividingBy: 1))
    return (UInt8(clamping: Int(Double(hue) * 255)), UInt8(clamping: Int(Double(saturation) * 255)), high)
}

private func color(_ h: UInt8, _ s: UInt8, _ v: UInt8) -> (UInt8, UInt8, UInt8) {
    if s == 0 { return (v, v, v) }
    let position = Double(h) * 6 / 255
    let sector = Int(position)
    let rest = Float(position - Double(sector))
    let saturation = Float(Double(s) / 255)
    let value = Double(v)
    let p = UInt8(clamping: Int((value * (1 - Double(saturation)) + 0.5).rounded(.down)))
    let q = UInt8(clamping: Int((value * (1 - Double(saturation * rest)) + 0.5).rounded(.down)))
    let t = UInt8(
        clamping: Int((value * (1 - Double(saturation) * (1 - Double(rest))) + 0.5).rounded(.down)))
    switch sector % 6 {
    case 0: return (v, t, p)
    case 1: return (q, v, p)
    case 2: return (p, v, t)
    case 3: return (p, q, v)
    case 4: return (t, p, v)
    default: return (v, p, q)
    }
}

import ApusCore
import ApusFormats

/// Brightness, contrast, saturation and hue changed at random, in random order.
public struct ColorJitter: ImageTransform {
    /// Of the factors; nil leaves the brightness as it is.
    public let brightness: ClosedRange<Double>?
    /// Of the factors; nil leaves the contrast as it is.
    public let contrast: ClosedRange<Double>?
    /// Of the factors; nil leaves the saturation as it is.
    public let saturation: ClosedRange<Double>?
    /// Of the shares of the colour wheel; nil leaves the hue as it is.
    public let hue: ClosedRange<Double>?

    /// Factors from 1 − x to 1 + x (0 at least), and hues from −x to x.
    ///
    /// - Parameters:
    ///   - brightness: 0 leaves it as it is.
    ///   - contrast: 0 leaves it as it is.
    ///   - saturation: 0 leaves it as it is.
    ///   - hue: at most ½ of the colour wheel; 0 leaves it as it is.
    public init(brightness: Double = 0, contrast: Double = 0, saturation: Double = 0, hue: Double = 0) {
        func factors(_ x: Double) -> ClosedRange<Double>? {
            if !(x >= 0 && x.isFinite) { fail("ColorJitter", "\(x) is no strength") }
            return x == 0 ? nil : max(1 - x, 0)...1 + x
        }
        if !(0...0.5).contains(hue) { fail("ColorJitter", "hue \(hue) is not in 0...0.5") }
        self.init(
            brightness: factors(brightness), contrast: factors(contrast), saturation: factors(saturation),
            hue: hue == 0 ? nil : -hue...hue)
    }

    /// - Parameters:
    ///   - brightness: the factors; nil leaves it as it is.
    ///   - contrast: the factors; nil leaves it as it is.
    ///   - saturation: the factors; nil leaves it as it is.
    ///   - hue: within −½...½ of the colour wheel; nil leaves it as it is.
    public init(
        brightness: ClosedRange<Double>?, contrast: ClosedRange<Double>?, saturation: ClosedRange<Double>?,
        hue: ClosedRange<Double>?
    ) {
        for range in [brightness, contrast, saturation].compactMap({ $0 })
        where range.lowerBound < 0 || !range.upperBound.isFinite {
            fail("ColorJitter", "factors \(range) are not above 0")
        }
        if let hue, hue.lowerBound < -0.5 || hue.upperBound > 0.5 {
            fail("ColorJitter", "hues \(hue) are not in -0.5...0.5")
        }
        (self.brightness, self.contrast) = (brightness, contrast)
        (self.saturation, self.hue) = (saturation, hue)
    }

    /// The picture in other colours.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        var image = image
        for change in (0..<4).shuffled(using: &generator) {
            guard let range = [brightness, contrast, saturation, hue][change] else { continue }
            let factor = Double.random(in: range, using: &generator)
            image =
                switch change {
                case 0: image.brightness(factor)
                case 1: image.contrast(factor)
                case 2: image.saturation(factor)
                default: image.hue(factor)
                }
        }
        return image
    }
}

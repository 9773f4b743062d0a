import ApusCore
import ApusFormats

/// Pictures turned, moved, scaled and sheared at random.
public struct RandomAffine: ImageTransform {
    /// In degrees, clockwise.
    public let degrees: ClosedRange<Double>
    /// The furthest that pictures are moved each way, as shares of their width and height.
    public let translation: (x: Double, y: Double)
    /// The factor of their size.
    public let scale: ClosedRange<Double>
    /// Along x, in degrees.
    public let shearX: ClosedRange<Double>
    /// Along y, in degrees.
    public let shearY: ClosedRange<Double>
    /// Nearest or bilinear.
    public let resampling: Image.Resampling
    /// Where the picture is not.
    public let fill: Image.Color

    /// - Parameters:
    ///   - degrees: of the rotation, clockwise.
    ///   - translation: the furthest that pictures are moved each way, as shares of their width and height, 0 to 1.
    ///   - scale: the factor of their size, above 0.
    ///   - shearX: along x, in degrees.
    ///   - shearY: along y, in degrees.
    ///   - resampling: nearest or bilinear.
    ///   - fill: where the picture is not.
    public init(
        degrees: ClosedRange<Double> = 0...0, translation: (x: Double, y: Double) = (0, 0),
        scale: ClosedRange<Double> = 1...1, shearX: ClosedRange<Double> = 0...0,
        shearY: ClosedRange<Double> = 0...0, _ resampling: Image.Resampling = .nearest, fill: Image.Color = 0
    ) {
        let ends = [degrees, scale, shearX, shearY].flatMap { [$0.lowerBound, $0.upperBound] }
        checkFinite(ends, "RandomAffine")
        if !(0...1).contains(translation.x) || !(0...1).contains(translation.y) || scale.lowerBound <= 0 {
            fail("RandomAffine", "translation \(translation) and scale \(scale) are not in 0...1 and above 0")
        }
        (self.degrees, self.translation, self.scale) = (degrees, translation, scale)
        (self.shearX, self.shearY) = (shearX, shearY)
        (self.resampling, self.fill) = (resampling, fill)
    }

    /// The picture, turned and so on.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        func shift(_ share: Double, _ count: Int, _ generator: inout some RandomNumberGenerator) -> Int {
            let most = share * Double(count)
            return Int(Double.random(in: -most...most, using: &generator).rounded(.toNearestOrEven))
        }
        let degrees = Double.random(in: degrees, using: &generator)
        let x = shift(translation.x, image.width, &generator)
        let y = shift(translation.y, image.height, &generator)
        let scale = Double.random(in: scale, using: &generator)
        let shear = (
            Double.random(in: shearX, using: &generator), Double.random(in: shearY, using: &generator)
        )
        return image.affine(
            degrees: degrees, translation: (x, y), scale: scale, shear: shear, resampling, fill: fill)
    }
}

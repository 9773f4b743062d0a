import ApusFormats

/// Pictures turned by a random angle.
public struct RandomRotation: ImageTransform {
    /// In degrees, counter-clockwise.
    public let degrees: ClosedRange<Double>
    /// Nearest or bilinear.
    public let resampling: Image.Resampling
    /// Whether the result is as large as the turned picture.
    public let expands: Bool
    /// Where the picture is not.
    public let fill: Image.Color

    /// - Parameters:
    ///   - degrees: counter-clockwise.
    ///   - resampling: nearest or bilinear.
    ///   - expands: whether the result is as large as the turned picture.
    ///   - fill: where the picture is not.
    public init(
        _ degrees: ClosedRange<Double>, _ resampling: Image.Resampling = .nearest, expands: Bool = false,
        fill: Image.Color = 0
    ) {
        checkFinite([degrees.lowerBound, degrees.upperBound], "RandomRotation")
        (self.degrees, self.resampling, self.expands, self.fill) = (degrees, resampling, expands, fill)
    }

    /// The picture, turned.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        image.rotated(
            degrees: .random(in: degrees, using: &generator), resampling, expands: expands, fill: fill)
    }
}

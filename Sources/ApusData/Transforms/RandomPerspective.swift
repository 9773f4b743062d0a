import ApusCore
import ApusFormats

/// Pictures as seen from elsewhere, with a probability: each corner moves inwards by a random distance.
public struct RandomPerspective: ImageTransform {
    /// How far corners may move, as a share of the way to the middle.
    public let distortion: Double
    /// From 0 (never) to 1 (always).
    public let probability: Double
    /// Nearest or bilinear.
    public let resampling: Image.Resampling
    /// Where the picture is not.
    public let fill: Image.Color

    /// - Parameters:
    ///   - distortion: how far corners may move, as a share of the way to the middle, 0 to 1.
    ///   - probability: from 0 (never) to 1 (always).
    ///   - resampling: nearest or bilinear.
    ///   - fill: where the picture is not.
    public init(
        distortion: Double = 0.5, probability: Double = 0.5, _ resampling: Image.Resampling = .bilinear,
        fill: Image.Color = 0
    ) {
        checkProbability(probability, "RandomPerspective")
        if !(0...1).contains(distortion) {
            fail("RandomPerspective", "distortion \(distortion) is not in 0...1")
        }
        (self.distortion, self.probability) = (distortion, probability)
        (self.resampling, self.fill) = (resampling, fill)
    }

    /// The picture, or what it looks like from elsewhere.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        if !isDrawn(probability, using: &generator) || min(image.width, image.height) < 4 { return image }
        let (right, bottom) = (image.width - 1, image.height - 1)
        // Never as far as the middle, where all corners would meet.
        let (mostX, mostY) = (
            min(Int(distortion * Double(image.width / 2)), image.width / 2 - 1),
            min(Int(distortion * Double(image.height / 2)), image.height / 2 - 1)
        )
        let corners = [(0, 0), (right, 0), (right, bottom), (0, bottom)].map { (x: $0.0, y: $0.1) }
        let moved = corners.map { x, y in
            let (dx, dy) = (
                Int.random(in: 0...mostX, using: &generator), Int.random(in: 0...mostY, using: &generator)
            )
            return (x: x == 0 ? dx : x - dx, y: y == 0 ? dy : y - dy)
        }
        return image.perspective(from: corners, to: moved, resampling, fill: fill)
    }
}

import ApusCore
import ApusFormats

/// A part of the picture of one size, anywhere in it.
///
/// With `border: 4` it is what CIFAR's images are trained with.
public struct RandomCrop: ImageTransform {
    /// Of the result, in pixels.
    public let width: Int
    /// Of the result, in pixels.
    public let height: Int
    /// How many pixels are added at each edge before.
    public let border: Int
    /// What stands there, and around pictures that are too small.
    public let padding: Image.Padding

    /// - Parameters:
    ///   - side: of the square that is cut out.
    ///   - border: how many pixels are added at each edge before.
    ///   - padding: what stands there.
    public init(_ side: Int, border: Int = 0, _ padding: Image.Padding = .constant(0)) {
        self.init(width: side, height: side, border: border, padding)
    }

    /// - Parameters:
    ///   - width: of the part that is cut out.
    ///   - height: of the part that is cut out.
    ///   - border: how many pixels are added at each edge before.
    ///   - padding: what stands there.
    public init(width: Int, height: Int, border: Int = 0, _ padding: Image.Padding = .constant(0)) {
        if min(width, height) < 1 || border < 0 {
            fail("RandomCrop", "\(width) × \(height) pixels of a picture with a border of \(border)")
        }
        (self.width, self.height, self.border, self.padding) = (width, height, border, padding)
    }

    /// The part of the picture.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        let x = max(border, width - image.width)
        let y = max(border, height - image.height)
        let padded = x > 0 || y > 0 ? image.padded(left: x, top: y, right: x, bottom: y, padding) : image
        return padded.cropped(
            x: Int.random(in: 0...padded.width - width, using: &generator),
            y: Int.random(in: 0...padded.height - height, using: &generator), width: width, height: height)
    }
}

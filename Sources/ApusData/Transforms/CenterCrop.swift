import ApusCore
import ApusFormats

/// The middle of a picture; what is smaller gets a black border.
public struct CenterCrop: FixedImageTransform {
    /// Of the result, in pixels.
    public let width: Int
    /// Of the result, in pixels.
    public let height: Int

    /// A square with so many pixels a side.
    public init(_ side: Int) { self.init(width: side, height: side) }

    /// So many pixels.
    public init(width: Int, height: Int) {
        if min(width, height) < 1 { fail("CenterCrop", "a picture cannot have \(width) × \(height) pixels") }
        (self.width, self.height) = (width, height)
    }

    /// The middle of the picture.
    public func callAsFunction(_ image: Image) -> Image {
        func start(_ old: Int, _ new: Int) -> Int {
            old < new ? -((new - old) / 2) : Int((Double(old - new) / 2).rounded(.toNearestOrEven))
        }
        return image.cropped(
            x: start(image.width, width), y: start(image.height, height), width: width, height: height)
    }
}

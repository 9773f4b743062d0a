import ApusCore
import ApusFormats

/// Pictures at one size, or with a shorter side of one length.
public struct Resize: FixedImageTransform {
    private enum Size { case exactly(width: Int, height: Int), shorterSide(Int) }
    private let size: Size
    /// How new pixels are made of old ones.
    public let resampling: Image.Resampling

    /// Scales the shorter side to so many pixels, and the other in proportion, rounded down.
    public init(_ shorterSide: Int, _ resampling: Image.Resampling = .bilinear) {
        if shorterSide < 1 { fail("Resize", "a side cannot have \(shorterSide) pixels") }
        size = .shorterSide(shorterSide)
        self.resampling = resampling
    }

    /// Scales to exactly so many pixels, whatever the proportions.
    public init(width: Int, height: Int, _ resampling: Image.Resampling = .bilinear) {
        if min(width, height) < 1 { fail("Resize", "a picture cannot have \(width) × \(height) pixels") }
        size = .exactly(width: width, height: height)
        self.resampling = resampling
    }

    /// The picture at its new size.
    public func callAsFunction(_ image: Image) -> Image {
        switch size {
        case .exactly(let width, let height): image.resized(width: width, height: height, resampling)
        case .shorterSide(let side):
            image.width <= image.height
                ? image.resized(
                    width: side, height: longer(side, image.height, image.width), resampling)
                : image.resized(
                    width: longer(side, image.width, image.height), height: side, resampling)
        }
    }

    private func longer(_ side: Int, _ long: Int, _ short: Int) -> Int {
        Int(Double(side.multipliedClamped(by: long)) / Double(short))
    }
}

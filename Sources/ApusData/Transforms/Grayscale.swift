import ApusFormats

/// The luma of each pixel, once or three times.
public struct Grayscale: FixedImageTransform {
    /// Of the result: gray with one channel, RGB with three equal ones.
    public let format: Image.Format

    /// - Parameter format: gray with one channel, or RGB with three equal ones.
    public init(as format: Image.Format = .gray) { self.format = format }

    /// The picture without its colours.
    public func callAsFunction(_ image: Image) -> Image { format == .gray ? image.gray : image.gray.rgb }
}

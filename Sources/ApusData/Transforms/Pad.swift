import ApusFormats

/// Pictures with more pixels at each edge.
public struct Pad: FixedImageTransform {
    private let edges: (left: Int, top: Int, right: Int, bottom: Int)
    /// What stands there.
    public let padding: Image.Padding

    /// So many at every edge.
    public init(_ count: Int, _ padding: Image.Padding = .constant(0)) {
        self.init(left: count, top: count, right: count, bottom: count, padding)
    }

    /// So many at each edge; a negative number takes pixels away.
    public init(left: Int, top: Int, right: Int, bottom: Int, _ padding: Image.Padding = .constant(0)) {
        edges = (left, top, right, bottom)
        self.padding = padding
    }

    /// The picture with its border.
    public func callAsFunction(_ image: Image) -> Image {
        image.padded(left: edges.left, top: edges.top, right: edges.right, bottom: edges.bottom, padding)
    }
}

/// A rectangle in a picture: its edges in pixels, x to the right and y downwards.
public struct Box: Sendable, Equatable {
    /// The smallest x.
    public var left: Float
    /// The smallest y.
    public var top: Float
    /// The largest x.
    public var right: Float
    /// The largest y.
    public var bottom: Float

    /// A box with these edges.
    public init(left: Float, top: Float, right: Float, bottom: Float) {
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }

    /// In square pixels; 0 for a box that is turned over.
    public var area: Float { max(right - left, 0) * max(bottom - top, 0) }

    /// The area that both share over the area that they cover together, 0 to 1; 0 where both are empty.
    public func iou(_ other: Box) -> Float {
        let width = min(right, other.right) - max(left, other.left)
        let height = min(bottom, other.bottom) - max(top, other.top)
        let shared = max(width, 0) * max(height, 0)
        let together = area + other.area - shared
        return together > 0 ? shared / together : 0
    }
}

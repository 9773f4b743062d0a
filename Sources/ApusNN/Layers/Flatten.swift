import Apus

/// Joins the axes from `first` to `last` into one; by default all but the batch.
public final class Flatten: Module, Layer {
    /// The first of the axes that become one; negative numbers count from the end.
    public let first: Int
    /// The last of the axes that become one; negative numbers count from the end.
    public let last: Int

    /// All but axis 0 unless others are named; negative numbers count from the end.
    public init(from first: Int = 1, to last: Int = -1) {
        self.first = first
        self.last = last
    }

    /// [a, b, c, d] to [a, b·c·d] by default: a view where strides allow.
    public func forward(_ x: Tensor) -> Tensor { x.flatten(from: first, to: last) }
}

/// Cuts an axis into several: what `Flatten` joined.
public final class Unflatten: Module, Layer {
    /// The axis that is cut; negative numbers count from the end.
    public let axis: Int
    /// The extents of the axes that come in its place.
    public let shape: Shape

    /// - Parameters:
    ///   - axis: negative numbers count from the end.
    ///   - shape: its product is the axis's extent; one of them may be −1, for what is left.
    public init(_ axis: Int, _ shape: Shape) {
        self.axis = axis
        self.shape = shape
    }

    /// [a, b·c] to [a, b, c] where axis 1 is cut: a view where strides allow.
    public func forward(_ x: Tensor) -> Tensor { x.unflatten(axis: axis, into: shape) }
}

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

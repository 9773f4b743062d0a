import Apus

/// Joins the axes from `first` to `last` into one; by default all but the batch.
public final class Flatten: Module, Layer {
    public let first: Int
    public let last: Int

    public init(from first: Int = 1, to last: Int = -1) {
        self.first = first
        self.last = last
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.flatten(from: first, to: last) }
}

import Apus

// Activations along an axis.

/// eˣ over its sum along an axis.
public final class Softmax: Module, Layer {
    public let axis: Int
    public init(axis: Int = -1) { self.axis = axis }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.softmax(axis: axis) }
}

/// eˣ over its sum over the channels of each place of an image, [N, C, H, W] or [C, H, W].
public final class Softmax2d: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor {
        if x.rank != 3 && x.rank != 4 {
            fail("softmax2d", "takes [N, C, H, W] or [C, H, W], not shape \(x.shape)")
        }
        return x.softmax(axis: -3)
    }
}

/// The logarithm of softmax.
public final class LogSoftmax: Module, Layer {
    public let axis: Int
    public init(axis: Int = -1) { self.axis = axis }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.logSoftmax(axis: axis) }
}

/// e⁻ˣ over its sum along an axis.
public final class Softmin: Module, Layer {
    public let axis: Int
    public init(axis: Int = -1) { self.axis = axis }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.softmin(axis: axis) }
}

/// The first half of an axis times the sigmoid of the second (Dauphin et al. 2016).
public final class GLU: Module, Layer {
    public let axis: Int
    public init(axis: Int = -1) { self.axis = axis }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.glu(axis: axis) }
}

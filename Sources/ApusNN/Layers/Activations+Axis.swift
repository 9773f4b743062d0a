import Apus

// Activations along an axis.

/// eˣ over its sum along an axis.
public final class Softmax: Module, Layer {
    /// The axis along which results add up to 1; negative numbers count from the end.
    public let axis: Int

    /// Along the last axis unless another is named; negative numbers count from the end.
    public init(axis: Int = -1) { self.axis = axis }

    /// `Tensor.softmax` along the axis, in the shape of `x`; integers give float32.
    public func forward(_ x: Tensor) -> Tensor { x.softmax(axis: axis) }
}

/// eˣ over its sum over the channels of each position of an image, [N, C, H, W] or [C, H, W].
public final class Softmax2d: Module, Layer {
    /// In the shape of `x`; the program stops where that has neither three nor four axes.
    public func forward(_ x: Tensor) -> Tensor {
        if x.rank != 3 && x.rank != 4 {
            fail("softmax2d", "takes [N, C, H, W] or [C, H, W], not shape \(x.shape)")
        }
        return x.softmax(axis: -3)
    }
}

/// The logarithm of softmax.
public final class LogSoftmax: Module, Layer {
    /// The axis along which the exponentials of results add up to 1; negative numbers count from the end.
    public let axis: Int

    /// Along the last axis unless another is named; negative numbers count from the end.
    public init(axis: Int = -1) { self.axis = axis }

    /// `Tensor.logSoftmax` along the axis, in the shape of `x`; integers give float32.
    public func forward(_ x: Tensor) -> Tensor { x.logSoftmax(axis: axis) }
}

/// e⁻ˣ over its sum along an axis.
public final class Softmin: Module, Layer {
    /// The axis along which results add up to 1; negative numbers count from the end.
    public let axis: Int

    /// Along the last axis unless another is named; negative numbers count from the end.
    public init(axis: Int = -1) { self.axis = axis }

    /// `Tensor.softmin` along the axis, in the shape of `x`; integers give float32.
    public func forward(_ x: Tensor) -> Tensor { x.softmin(axis: axis) }
}

/// The first half of an axis times the sigmoid of the second (Dauphin et al. 2016).
public final class GLU: Module, Layer {
    /// The axis that is cut into halves; negative numbers count from the end.
    public let axis: Int

    /// Along the last axis unless another is named; negative numbers count from the end.
    public init(axis: Int = -1) { self.axis = axis }

    /// `x` with half as many positions along the axis; the program stops where their number is odd.
    public func forward(_ x: Tensor) -> Tensor { x.glu(axis: axis) }
}

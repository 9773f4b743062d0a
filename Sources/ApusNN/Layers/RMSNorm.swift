import Apus

/// Root mean square normalisation over the last axes (Zhang and Sennrich 2019); `weight` has their shape.
public final class RMSNorm: Module, Layer {
    /// The extents of the last axes, over which the mean of squares is taken.
    public let shape: Shape
    /// Added to the mean of squares; nil is the spacing of numbers at 1 in the type that is computed in.
    public let epsilon: Double?
    /// In `shape`, 1 at the start; nil where `affine` was false.
    public let weight: Parameter?

    /// - Parameters:
    ///   - shape: the extents of the last axes.
    ///   - epsilon: by default the spacing of numbers at 1.
    public init(_ shape: Shape, epsilon: Double? = nil, affine: Bool = true) {
        Tensor.checkShape(shape, "rmsNorm")
        self.shape = shape
        self.epsilon = epsilon
        weight = affine ? Parameter(.ones(shape)) : nil
    }

    /// Over the last axis, which has this extent.
    public convenience init(_ extent: Int, epsilon: Double? = nil, affine: Bool = true) {
        self.init([extent], epsilon: epsilon, affine: affine)
    }

    /// [.., shape…], in the same shape; the program stops for other last axes.
    public func forward(_ x: Tensor) -> Tensor {
        checkLastAxes(x, shape, "rmsNorm")
        return x.rmsNorm(lastAxes: shape.count, weight: weight?.value, epsilon: epsilon)
    }
}

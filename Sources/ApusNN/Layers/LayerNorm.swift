import Apus

/// Layer normalisation over the last axes (Ba et al. 2016); `weight` and `bias` have their shape.
public final class LayerNorm: Module, Layer {
    /// The extents of the last axes, over which mean and variance are taken.
    public let shape: Shape
    /// Added to variances before their square root is taken.
    public let epsilon: Double
    /// γ, in `shape`, 1 at the start; nil where `affine` was false.
    public let weight: Parameter?
    /// β, in `shape`, 0 at the start; nil where `affine` or `bias` was false.
    public let bias: Parameter?

    /// - Parameters:
    ///   - shape: the extents of the last axes.
    ///   - affine: scale and move each element by a weight and, where `bias` says so, a bias.
    public init(_ shape: Shape, epsilon: Double = 1e-5, affine: Bool = true, bias: Bool = true) {
        Tensor.checkShape(shape, "layerNorm")
        self.shape = shape
        self.epsilon = epsilon
        weight = affine ? Parameter(.ones(shape)) : nil
        self.bias = affine && bias ? Parameter(.zeros(shape)) : nil
    }

    /// Over the last axis, which has this extent.
    public convenience init(_ extent: Int, epsilon: Double = 1e-5, affine: Bool = true, bias: Bool = true) {
        self.init([extent], epsilon: epsilon, affine: affine, bias: bias)
    }

    /// [.., shape…], in the same shape; the program stops for other last axes.
    public func forward(_ x: Tensor) -> Tensor {
        checkLastAxes(x, shape, "layerNorm")
        return x.layerNorm(
            lastAxes: shape.count, weight: weight?.value, bias: bias?.value, epsilon: epsilon)
    }
}

/// Stops the program unless the last axes of `x` are those of a layer's parameters.
func checkLastAxes(_ x: Tensor, _ shape: Shape, _ operation: String) {
    if x.rank < shape.count || Array(x.shape.suffix(shape.count)) != shape {
        fail(operation, "the last axes of shape \(x.shape) are not \(shape)")
    }
}

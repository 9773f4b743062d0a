import Apus

/// Layer normalisation over the last axes (Ba et al. 2016); `weight` and `bias` have their shape.
public final class LayerNorm: Module, Layer {
    public let shape: Shape
    public let epsilon: Double
    public let weight: Parameter?
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

    public convenience init(_ extent: Int, epsilon: Double = 1e-5, affine: Bool = true, bias: Bool = true) {
        self.init([extent], epsilon: epsilon, affine: affine, bias: bias)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        checkLastAxes(x, shape, "layerNorm")
        return x.layerNorm(
            lastAxes: shape.count, weight: weight?.value, bias: bias?.value, epsilon: epsilon)
    }
}

/// Root mean square normalisation over the last axes (Zhang and Sennrich 2019); `weight` has their shape.
public final class RMSNorm: Module, Layer {
    public let shape: Shape
    public let epsilon: Double?
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

    public convenience init(_ extent: Int, epsilon: Double? = nil, affine: Bool = true) {
        self.init([extent], epsilon: epsilon, affine: affine)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        checkLastAxes(x, shape, "rmsNorm")
        return x.rmsNorm(lastAxes: shape.count, weight: weight?.value, epsilon: epsilon)
    }
}

private func checkLastAxes(_ x: Tensor, _ shape: Shape, _ operation: String) {
    if x.rank < shape.count || Array(x.shape.suffix(shape.count)) != shape {
        fail(operation, "the last axes of shape \(x.shape) are not \(shape)")
    }
}

/// Layer normalisation of [N, C, …] over the channels of each place; `weight` and `bias` are [C].
public final class ChannelLayerNorm: Module, Layer {
    public let channels: Int
    public let epsilon: Double
    public let weight: Parameter?
    public let bias: Parameter?

    public init(_ channels: Int, epsilon: Double = 1e-5, affine: Bool = true) {
        Tensor.checkShape([channels], "channelLayerNorm")
        self.channels = channels
        self.epsilon = epsilon
        weight = affine ? Parameter(.ones([channels])) : nil
        bias = affine ? Parameter(.zeros([channels])) : nil
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        if x.rank < 2 || x.shape[1] != channels {
            fail("channelLayerNorm", "takes \(channels) channels along axis 1, not shape \(x.shape)")
        }
        return x.channelLayerNorm(weight: weight?.value, bias: bias?.value, epsilon: epsilon)
    }
}

/// Group normalisation of [N, C, …] (Wu and He 2018); `weight` and `bias` are [C].
public final class GroupNorm: Module, Layer {
    public let groups: Int
    public let channels: Int
    public let epsilon: Double
    public let weight: Parameter?
    public let bias: Parameter?

    public init(groups: Int, _ channels: Int, epsilon: Double = 1e-5, affine: Bool = true) {
        if groups < 1 || channels % groups != 0 {
            fail("groupNorm", "\(channels) channels do not make \(groups) groups")
        }
        Tensor.checkShape([channels], "groupNorm")
        self.groups = groups
        self.channels = channels
        self.epsilon = epsilon
        weight = affine ? Parameter(.ones([channels])) : nil
        bias = affine ? Parameter(.zeros([channels])) : nil
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        if x.rank < 2 || x.shape[1] != channels {
            fail("groupNorm", "takes \(channels) channels along axis 1, not shape \(x.shape)")
        }
        return x.groupNorm(groups: groups, weight: weight?.value, bias: bias?.value, epsilon: epsilon)
    }
}

/// x / (k + α · mean of squares)^β over `size` neighbouring channels (Krizhevsky et al. 2012).
public final class LocalResponseNorm: Module, Layer {
    public let size: Int
    public let alpha: Double
    public let beta: Double
    public let k: Double

    public init(_ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) {
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.localResponseNorm(size: size, alpha: alpha, beta: beta, k: k)
    }
}

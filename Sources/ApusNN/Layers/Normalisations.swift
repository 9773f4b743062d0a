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

private func checkLastAxes(_ x: Tensor, _ shape: Shape, _ operation: String) {
    if x.rank < shape.count || Array(x.shape.suffix(shape.count)) != shape {
        fail(operation, "the last axes of shape \(x.shape) are not \(shape)")
    }
}

/// Layer normalisation of [N, C, …] over the channels of each place; `weight` and `bias` are [C].
public final class ChannelLayerNorm: Module, Layer {
    /// The extent of axis 1 of every input.
    public let channels: Int
    /// Added to variances before their square root is taken.
    public let epsilon: Double
    /// γ, [channels], 1 at the start; nil where `affine` was false.
    public let weight: Parameter?
    /// β, [channels], 0 at the start; nil where `affine` was false.
    public let bias: Parameter?

    /// - Parameters:
    ///   - epsilon: added to variances before their square root is taken.
    ///   - affine: scale and move each channel by a weight and a bias.
    public init(_ channels: Int, epsilon: Double = 1e-5, affine: Bool = true) {
        Tensor.checkShape([channels], "channelLayerNorm")
        self.channels = channels
        self.epsilon = epsilon
        weight = affine ? Parameter(.ones([channels])) : nil
        bias = affine ? Parameter(.zeros([channels])) : nil
    }

    /// [N, channels, …], in the same shape; the program stops for another number of channels.
    public func forward(_ x: Tensor) -> Tensor {
        if x.rank < 2 || x.shape[1] != channels {
            fail("channelLayerNorm", "takes \(channels) channels along axis 1, not shape \(x.shape)")
        }
        return x.channelLayerNorm(weight: weight?.value, bias: bias?.value, epsilon: epsilon)
    }
}

/// Group normalisation of [N, C, …] (Wu and He 2018); `weight` and `bias` are [C].
public final class GroupNorm: Module, Layer {
    /// Runs of channels, each normalised together.
    public let groups: Int
    /// The extent of axis 1 of every input, which the groups divide.
    public let channels: Int
    /// Added to variances before their square root is taken.
    public let epsilon: Double
    /// γ, [channels], 1 at the start; nil where `affine` was false.
    public let weight: Parameter?
    /// β, [channels], 0 at the start; nil where `affine` was false.
    public let bias: Parameter?

    /// The program stops where the groups do not divide the channels.
    ///
    /// - Parameters:
    ///   - epsilon: added to variances before their square root is taken.
    ///   - affine: scale and move each channel by a weight and a bias.
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

    /// [N, channels, …], in the same shape; the program stops for another number of channels.
    public func forward(_ x: Tensor) -> Tensor {
        if x.rank < 2 || x.shape[1] != channels {
            fail("groupNorm", "takes \(channels) channels along axis 1, not shape \(x.shape)")
        }
        return x.groupNorm(groups: groups, weight: weight?.value, bias: bias?.value, epsilon: epsilon)
    }
}

/// x / (k + α · mean of squares)^β over `size` neighbouring channels (Krizhevsky et al. 2012).
public final class LocalResponseNorm: Module, Layer {
    /// Channels over which the mean of squares is taken, zeros beyond the first and the last.
    public let size: Int
    /// α, the factor of that mean.
    public let alpha: Double
    /// β, the exponent.
    public let beta: Double
    /// k, added to the mean.
    public let k: Double

    /// With PyTorch's α = 10⁻⁴, β = 0.75 and k = 1 unless others are given.
    public init(_ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) {
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k
    }

    /// [N, C, …], in the same shape; the program stops for fewer than three axes.
    public func forward(_ x: Tensor) -> Tensor {
        x.localResponseNorm(size: size, alpha: alpha, beta: beta, k: k)
    }
}

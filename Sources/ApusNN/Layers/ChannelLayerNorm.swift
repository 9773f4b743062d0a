import Apus

/// Layer normalisation of [N, C, …] over the channels of each position; `weight` and `bias` are [C].
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

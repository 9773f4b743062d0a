import Apus
import ApusNN

/// What mixes positions in a block that is otherwise the same: a transformer's (Yu et al. 2022, "MetaFormer
/// is actually what you need for vision") and HorNet's.
public enum SpatialMixer: Codable, Sendable, Equatable {
    /// `RecursiveGatedConv` of this order, with a depthwise 7×7 convolution: each result depends on products
    /// of order + 1 positions.
    case gated(order: Int)
    /// A depthwise convolution with so many positions along each axis.
    case depthwise(kernel: Int)
    /// `GlobalLocalFilter`, of the size of the feature maps.
    case global
    /// Self-attention with heads of so many channels, and a learned vector for each position.
    case attention(headChannels: Int)

    /// The layer for feature maps of these channels and this height and width.
    func layer(_ channels: Int, size: Int, using generator: RandomGenerator) -> any Layer {
        switch self {
        case .gated(let order): RecursiveGatedConv(channels, order: order, using: generator)
        case .depthwise(let kernel): SpatialFilter.depthwise(kernel: kernel).layer(channels, using: generator)
        case .global: SpatialFilter.global(size: size).layer(channels, using: generator)
        case .attention(let headChannels):
            PositionAttention(channels, size: size, heads: channels / headChannels, using: generator)
        }
    }
}

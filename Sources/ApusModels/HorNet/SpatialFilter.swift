import Apus
import ApusNN

/// What mixes positions in a gated convolution, each channel by itself or nearly so.
public enum SpatialFilter: Codable, Sendable, Equatable {
    /// A depthwise convolution with so many positions along each axis.
    case depthwise(kernel: Int)
    /// `GlobalLocalFilter`, for images of this height and width.
    case global(size: Int)

    /// The layer for so many channels; `weights` are how those of a convolution start.
    func layer(
        _ channels: Int, weights: Initializer = .narrowNormal, using generator: RandomGenerator
    ) -> any Layer {
        switch self {
        case .depthwise(let kernel):
            DepthwiseConv2d(
                channels, kernel: Extents(kernel), padding: .symmetric(Extents((kernel - 1) / 2)),
                using: generator
            ).initialized(weights, using: generator)
        case .global(let size): GlobalLocalFilter(channels, size: size, using: generator)
        }
    }
}

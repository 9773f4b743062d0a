import Apus

/// Deals the channels out anew between grouped convolutions; see `Tensor.channelShuffle`.
public final class ChannelShuffle: Module, Layer {
    /// Runs that the channels divide into.
    public let groups: Int

    /// - Parameter groups: those of the convolution before; they divide the channels.
    public init(groups: Int) { self.groups = groups }

    /// [batch, channels, spatial axes…], in the same shape; the program stops where the groups do not divide the
    /// channels.
    public func forward(_ x: Tensor) -> Tensor { x.channelShuffle(groups: groups) }
}

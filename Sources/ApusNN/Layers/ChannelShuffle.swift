import Apus

/// Deals the channels out anew between grouped convolutions; see `Tensor.channelShuffle`.
public final class ChannelShuffle: Module, Layer {
    public let groups: Int

    public init(groups: Int) { self.groups = groups }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.channelShuffle(groups: groups) }
}

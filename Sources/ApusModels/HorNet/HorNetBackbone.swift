import Apus
import ApusNN

/// A HorNet without its classifier, on whose stages' maps other networks build: each is normalised over its
/// channels, as the authors have it for detection and segmentation.
///
/// State: that of `HorNet` without `norm` and `head`, and `norm0.…`, `norm1.…`, ….
public final class HorNetBackbone: Module {
    /// Channels of the maps.
    public let channels: [Int]
    /// Of each map, over the channels.
    public let norms: [ChannelLayerNorm]
    private let network: HorNet
    private let first: Int

    /// - Parameters:
    ///   - configuration: whose number of classes does not matter.
    ///   - first: the stage of the first map that is given, counted from 0.
    public init(
        _ configuration: HorNet.Configuration, from first: Int = 0,
        using generator: RandomGenerator = .default
    ) {
        let stages = configuration.depths.indices
        if !stages.contains(first) {
            fail("HorNetBackbone", "maps from stage \(first) of \(stages.count)")
        }
        self.first = first
        channels = stages.dropFirst(first).map { configuration.width << $0 }
        network = HorNet(configuration, using: generator)
        norms = channels.map { ChannelLayerNorm($0, epsilon: 1e-6) }
    }

    public override var members: [(name: String, member: Member)] {
        network.members.filter { $0.name != "norm" && $0.name != "head" }
            + norms.enumerated().map { ("norm\(first + $0.offset)", .module($0.element)) }
    }

    /// [batch, 3, height, width] to the map of each stage, of four stages at a 4th, 8th, 16th and 32nd of
    /// height and width.
    public func callAsFunction(
        _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> [Tensor] {
        called(file: file, line: line) { zip(norms, network.features(x).dropFirst(first)).map { $0($1) } }
    }
}

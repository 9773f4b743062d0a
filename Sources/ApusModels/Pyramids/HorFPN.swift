import Apus
import ApusNN

/// A feature pyramid with a gⁿConv in the place of each 3×3 convolution (Rao et al. 2022, section 4.2; the
/// authors' `GNFPN`): order 2, and no scale.
///
/// State: `lateral_convs.0.conv.weight`, `fpn_convs.0.proj_in.weight`, `fpn_convs.0.dwconv.weight`, ….
public final class HorFPN: Module {
    /// Channels of the maps it takes.
    public let channels: [Int]
    /// 1×1, one for each map.
    public let lateralConvs: [Conv2d]
    /// One for each sum.
    public let fpnConvs: [RecursiveGatedConv]

    /// Weights start as those of a plain pyramid.
    ///
    /// - Parameters:
    ///   - channels: of the maps it takes, the largest map first.
    ///   - outputs: channels of each result; an even number.
    ///   - filter: of gⁿConv.
    public init(
        _ channels: [Int], outputs: Int = 256, filter: SpatialFilter = .depthwise(kernel: 7),
        using generator: RandomGenerator = .default
    ) {
        self.channels = channels
        lateralConvs = pyramidLaterals(channels, outputs: outputs, using: generator)
        fpnConvs = channels.map { _ in
            RecursiveGatedConv(
                outputs, order: 2, filter: filter, scale: 1, weights: .xavierUniform(), using: generator)
        }
    }

    public override var members: [(name: String, member: Member)] {
        lateralConvs.enumerated().map { ("lateral_convs.\($0.offset).conv", .module($0.element)) }
            + fpnConvs.enumerated().map { ("fpn_convs.\($0.offset)", .module($0.element)) }
    }

    /// Maps [batch, channels, height, width], the largest first, to as many with `outputs` channels.
    public func callAsFunction(
        _ levels: [Tensor], file: StaticString = #fileID, line: UInt = #line
    ) -> [Tensor] {
        called(file: file, line: line) {
            checkLevels(levels, channels: channels, "HorFPN")
            let sums = topDownPath(zip(lateralConvs, levels).map { $0($1) }, mode: .nearest)
            return zip(fpnConvs, sums).map { $0($1) }
        }
    }
}

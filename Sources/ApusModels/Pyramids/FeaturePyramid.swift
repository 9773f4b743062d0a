import Apus
import ApusNN

/// A feature pyramid (Lin et al. 2017, "Feature pyramid networks for object detection"): maps of a backbone
/// at several sizes, brought to one width, each with what the smaller ones know.
///
/// 1×1 convolutions, the smaller maps added to the larger ones, and a 3×3 convolution of each sum. State:
/// `lateral_convs.0.conv.weight`, `fpn_convs.0.conv.weight`, as in mmdetection.
public final class FeaturePyramid: Module {
    /// Channels of the maps it takes.
    public let channels: [Int]
    /// 1×1, one for each map.
    public let lateralConvs: [Conv2d]
    /// 3×3, one for each sum.
    public let fpnConvs: [Conv2d]

    /// Weights start uniformly distributed by inputs and outputs (Glorot & Bengio 2010), biases at 0.
    ///
    /// - Parameters:
    ///   - channels: of the maps it takes, the largest map first.
    ///   - outputs: channels of each result.
    public init(_ channels: [Int], outputs: Int = 256, using generator: RandomGenerator = .default) {
        self.channels = channels
        lateralConvs = pyramidLaterals(channels, outputs: outputs, using: generator)
        fpnConvs = channels.map { _ in
            Conv2d(outputs, outputs, kernel: 3, padding: 1, using: generator)
                .initialized(.xavierUniform(), using: generator)
        }
    }

    public override var members: [(name: String, member: Member)] {
        lateralConvs.enumerated().map { ("lateral_convs.\($0.offset).conv", .module($0.element)) }
            + fpnConvs.enumerated().map { ("fpn_convs.\($0.offset).conv", .module($0.element)) }
    }

    /// Maps [batch, channels, height, width], the largest first, to as many with `outputs` channels.
    public func callAsFunction(
        _ levels: [Tensor], file: StaticString = #fileID, line: UInt = #line
    ) -> [Tensor] {
        called(file: file, line: line) {
            checkLevels(levels, channels: channels, "FeaturePyramid")
            let sums = topDownPath(zip(lateralConvs, levels).map { $0($1) }, mode: .nearest)
            return zip(fpnConvs, sums).map { $0($1) }
        }
    }
}

/// The 1×1 convolutions that bring maps to one width.
func pyramidLaterals(_ channels: [Int], outputs: Int, using generator: RandomGenerator) -> [Conv2d] {
    channels.map {
        Conv2d($0, outputs, kernel: 1, using: generator).initialized(.xavierUniform(), using: generator)
    }
}

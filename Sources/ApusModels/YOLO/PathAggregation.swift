import Apus
import ApusNN

/// The neck of YOLOv5: what the smaller of three maps know is brought to the larger ones, and then back (Liu
/// et al. 2018, "Path aggregation network for instance segmentation").
///
/// State: `10.…`, `13.…`, `14.…`, `17.…`, `18.…`, `20.…`, `21.…` and `23.…`, the numbers that its layers have
/// in YOLOv5's models.
public final class PathAggregation: Module {
    /// 1×1, of the smallest map.
    public let lateral: [ConvNorm]
    /// After what is brought up to the middle and the largest map.
    public let upward: [C3]
    /// 3×3 with stride 2, to the middle and the smallest map.
    public let smaller: [ConvNorm]
    /// After what is brought back to the middle and the smallest map.
    public let downward: [C3]

    /// - Parameters:
    ///   - channels: of the three maps, the largest first.
    ///   - block: makes a `C3` without shortcuts, or a `C3HorBlock`.
    public init(
        _ channels: [Int], using generator: RandomGenerator = .default,
        block: (_ inputs: Int, _ outputs: Int) -> C3
    ) {
        if channels.count != 3 { fail("PathAggregation", "\(channels.count) maps: three are wanted") }
        let (large, middle, small) = (channels[0], channels[1], channels[2])
        func half(_ width: Int) -> ConvNorm {
            yoloConv(width, width, kernel: 3, stride: 2, using: generator)
        }
        let first = yoloConv(small, middle, using: generator)
        let up = block(2 * middle, middle)
        lateral = [first, yoloConv(middle, large, using: generator)]
        upward = [up, block(2 * large, large)]
        smaller = [half(large), half(middle)]
        downward = [block(2 * large, middle), block(2 * middle, small)]
    }

    public override var members: [(name: String, member: Member)] {
        [
            ("10", .module(lateral[0])), ("13", .module(upward[0])), ("14", .module(lateral[1])),
            ("17", .module(upward[1])), ("18", .module(smaller[0])), ("20", .module(downward[0])),
            ("21", .module(smaller[1])), ("23", .module(downward[1])),
        ]
    }

    /// Three maps, the largest first, each twice as high and wide as the next, to three in their shapes.
    public func callAsFunction(
        _ maps: [Tensor], file: StaticString = #fileID, line: UInt = #line
    ) -> [Tensor] {
        called(file: file, line: line) {
            func join(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.cat([a, b], axis: 1) }
            let small = lateral[0](maps[2])
            let middle = lateral[1](upward[0](join(small.resized(like: maps[1], mode: .nearest), maps[1])))
            let large = upward[1](join(middle.resized(like: maps[0], mode: .nearest), maps[0]))
            let back = downward[0](join(smaller[0](large), middle))
            return [large, back, downward[1](join(smaller[1](back), small))]
        }
    }
}

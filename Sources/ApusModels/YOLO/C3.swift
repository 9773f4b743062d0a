import Apus
import ApusNN

/// A part of a network in which half of the channels goes through bottlenecks and the other half past them,
/// between 1×1 convolutions (Wang et al. 2020, "CSPNet"; YOLOv5's `C3`).
///
/// State: `cv1.…`, `cv2.…`, `cv3.…`, `m.0.cv1.…`, ….
public class C3: Module, Layer {
    /// 1×1, to what goes through the bottlenecks.
    public let cv1: ConvNorm
    /// 1×1, to what goes past them.
    public let cv2: ConvNorm
    /// 1×1, of both.
    public let cv3: ConvNorm
    /// What half of the channels goes through: bottlenecks, in `C3HorBlock` HorBlocks.
    public let m: Sequential

    /// - Parameters:
    ///   - depth: how many bottlenecks.
    ///   - shortcut: whether each adds what it gets.
    public convenience init(
        _ inputs: Int, _ outputs: Int, depth: Int = 1, shortcut: Bool = true,
        using generator: RandomGenerator = .default
    ) {
        self.init(inputs, outputs, depth: depth, using: generator) {
            YOLOBottleneck($0, shortcut: shortcut, using: generator)
        }
    }

    /// With other blocks in the place of the bottlenecks.
    init(
        _ inputs: Int, _ outputs: Int, depth: Int, using generator: RandomGenerator,
        block: (_ channels: Int) -> any Layer
    ) {
        let half = outputs / 2
        cv1 = yoloConv(inputs, half, using: generator)
        cv2 = yoloConv(inputs, half, using: generator)
        cv3 = yoloConv(2 * half, outputs, using: generator)
        m = Sequential((0..<depth).map { _ in block(half) })
    }

    /// [batch, inputs, height, width] to [batch, outputs, height, width].
    public func forward(_ x: Tensor) -> Tensor { cv3(Tensor.cat([m(cv1(x)), cv2(x)], axis: 1)) }
}

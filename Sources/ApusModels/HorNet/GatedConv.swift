import Apus
import ApusNN

/// The gated convolution gConv (Rao et al. 2022, equation 3.1): [p, q] = φ_in(x), φ_out(f(q) ⊙ p), with 1×1 projections φ
/// and a filter f over positions. Each position of the result depends on products of two: an interaction of order 1.
public final class GatedConv: Module, Layer {
    /// 1×1, to twice as many channels.
    public let projectionIn: Conv2d
    /// f.
    public let filter: any Layer
    /// 1×1.
    public let projectionOut: Conv2d

    /// - Parameter filter: f; a depthwise 7×7 convolution by default.
    public init(
        _ channels: Int, filter: SpatialFilter = .depthwise(kernel: 7),
        using generator: RandomGenerator = .default
    ) {
        projectionIn = Conv2d(channels, 2 * channels, kernel: 1, using: generator).initialized(
            .narrowNormal, using: generator)
        self.filter = filter.layer(channels, using: generator)
        projectionOut = Conv2d(channels, channels, kernel: 1, using: generator).initialized(
            .narrowNormal, using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        [
            ("proj_in", .module(projectionIn)), ("dwconv", .module(filter)),
            ("proj_out", .module(projectionOut)),
        ]
    }

    /// [batch, channels, height, width], in the same shape.
    public func forward(_ x: Tensor) -> Tensor {
        let parts = projectionIn(x).chunk(2, axis: 1)
        return projectionOut(filter(parts[1]) * parts[0])
    }
}

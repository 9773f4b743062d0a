import Apus
import ApusNN

/// The recursive gated convolution gⁿConv (Rao et al. 2022, equations 3.2 to 3.5): interactions of order n between
/// positions, at the cost of a convolution.
///
/// A projection gives p_0 and the q_k, of channels / 2ⁿ⁻¹⁻ᵏ channels each; one filter f mixes the positions of all q_k. Then
/// p_{k+1} = g_k(p_k) ⊙ f(q_k)·scale, where g_0 is the identity and the others 1×1 convolutions to twice as many channels.
///
/// State: `proj_in.…`, `dwconv.…` (f), `pws.0.…` (g_1), …, `proj_out.…`.
public final class RecursiveGatedConv: Module, Layer {
    /// Of p_0, p_1 = q_0, q_1, …: the last has all channels.
    public let widths: [Int]
    /// What f's results are multiplied with, 1/α of the paper.
    public let scale: Double
    /// 1×1, to twice as many channels.
    public let projectionIn: Conv2d
    /// f.
    public let filter: any Layer
    /// g_1, g_2, …
    public let pointwise: [Conv2d]
    /// 1×1.
    public let projectionOut: Conv2d

    /// - Parameters:
    ///   - channels: of the result; a multiple of 2ⁿ⁻¹.
    ///   - inputs: channels of what it takes; nil for as many.
    ///   - order: n, at least 1.
    ///   - filter: f; a depthwise 7×7 convolution by default.
    ///   - scale: 1/3 in all published HorNets.
    ///   - weights: how the weights of its convolutions start.
    public init(
        _ channels: Int, inputs: Int? = nil, order: Int = 5, filter: SpatialFilter = .depthwise(kernel: 7),
        scale: Double = 1 / 3, weights: Initializer = .normal(mean: 0, std: 0.02),
        using generator: RandomGenerator = .default
    ) {
        if order < 1 || order > 30 || channels < 1 || channels % (1 << (order - 1)) != 0 {
            fail(
                "RecursiveGatedConv",
                "\(channels) channels and order \(order): they are halved order − 1 times")
        }
        let widths = (0..<order).map { channels >> (order - 1 - $0) }
        self.widths = widths
        self.scale = scale
        func convolution(_ inputs: Int, _ outputs: Int) -> Conv2d {
            Conv2d(inputs, outputs, kernel: 1, using: generator).initialized(weights, using: generator)
        }
        projectionIn = convolution(inputs ?? channels, 2 * channels)
        self.filter = filter.layer(widths.reduce(0, +), weights: weights, using: generator)
        pointwise = (1..<order).map { convolution(widths[$0 - 1], widths[$0]) }
        projectionOut = convolution(channels, channels)
    }

    public override var members: [(name: String, member: Member)] {
        [("proj_in", .module(projectionIn)), ("dwconv", .module(filter))]
            + pointwise.enumerated().map { ("pws.\($0.offset)", .module($0.element)) }
            + [("proj_out", .module(projectionOut))]
    }

    /// [batch, inputs, height, width] to [batch, channels, height, width].
    public func forward(_ x: Tensor) -> Tensor {
        let total = widths.reduce(0, +)
        let parts = projectionIn(x).split(sizes: [widths[0], total], axis: 1)
        let q = (filter(parts[1]) * scale).split(sizes: widths, axis: 1)
        var p = parts[0] * q[0]
        for (g, q) in zip(pointwise, q.dropFirst()) { p = g(p) * q }
        return projectionOut(p)
    }
}

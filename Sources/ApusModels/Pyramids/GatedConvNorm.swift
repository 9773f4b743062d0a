import Apus
import ApusNN

/// A gⁿConv of order 2, batch normalisation and ReLU (Rao et al. 2022; the authors' `GNConvModule`).
///
/// State: that of the gⁿConv, and `bn.…`.
public final class GatedConvNorm: Module, Layer {
    /// Without scale.
    public let gnconv: RecursiveGatedConv
    /// Of its channels.
    public let bn: BatchNorm2d

    /// - Parameter outputs: an even number.
    public init(
        _ inputs: Int, _ outputs: Int, filter: SpatialFilter = .depthwise(kernel: 7),
        using generator: RandomGenerator = .default
    ) {
        // PyTorch's start of convolutions, which the authors leave as it is.
        let weights = Initializer.varianceScaling(scale: 1 / 3, fan: .fanIn, distribution: .uniform)
        gnconv = RecursiveGatedConv(
            outputs, inputs: inputs, order: 2, filter: filter, scale: 1, weights: weights, using: generator)
        bn = BatchNorm2d(outputs, activation: .relu)
    }

    public override var members: [(name: String, member: Member)] { gnconv.members + [("bn", .module(bn))] }

    /// [batch, inputs, height, width] to [batch, outputs, height, width].
    public func forward(_ x: Tensor) -> Tensor { bn(gnconv(x)) }
}

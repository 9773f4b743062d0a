import Apus
import ApusNN

/// The block of HorNet (Rao et al. 2022, figure 2), which is a transformer's with gⁿConv for attention:
/// x + γ₁·gⁿConv(LN(x)), then x + γ₂·W₂ GELU(W₁ LN(x)). Another layer can stand in gⁿConv's place.
///
/// State: `norm1.…`, `gnconv.…`, `norm2.…`, `pwconv1.…`, `pwconv2.…`, `gamma1`, `gamma2`.
public final class HorBlock: Module, Layer {
    /// Over the channels.
    public let norm1: ChannelLayerNorm
    /// What mixes positions: a `RecursiveGatedConv` where no other layer was given.
    public let gnconv: any Layer
    /// Over the channels.
    public let norm2: LayerNorm
    /// To four times as many channels.
    public let pwconv1: Linear
    /// Back from them.
    public let pwconv2: Linear
    /// γ₁, [channels].
    public let gamma1: Parameter
    /// γ₂, [channels].
    public let gamma2: Parameter
    /// Of both that are added.
    public let stochasticDepth: StochasticDepth

    /// - Parameters:
    ///   - order: n of gⁿConv; channels are a multiple of 2ⁿ⁻¹.
    ///   - filter: of gⁿConv.
    ///   - layerScale: what γ₁ and γ₂ start with.
    ///   - stochasticDepth: the probability that what is added is left out in training, for a sample.
    public convenience init(
        _ channels: Int, order: Int, filter: SpatialFilter = .depthwise(kernel: 7), layerScale: Double = 1e-6,
        stochasticDepth: Double = 0, using generator: RandomGenerator = .default
    ) {
        self.init(
            channels, mixer: RecursiveGatedConv(channels, order: order, filter: filter, using: generator),
            layerScale: layerScale, stochasticDepth: stochasticDepth, using: generator)
    }

    /// The block with another layer for gⁿConv.
    ///
    /// - Parameters:
    ///   - mixer: from [batch, channels, height, width] to the same shape.
    ///   - layerScale: what γ₁ and γ₂ start with.
    ///   - stochasticDepth: the probability that what is added is left out in training, for a sample.
    public init(
        _ channels: Int, mixer: any Layer, layerScale: Double = 1e-6, stochasticDepth: Double = 0,
        using generator: RandomGenerator = .default
    ) {
        func linear(_ inputs: Int, _ outputs: Int) -> Linear {
            Linear(inputs, outputs, using: generator).initialized(.narrowNormal, using: generator)
        }
        norm1 = ChannelLayerNorm(channels, epsilon: 1e-6)
        gnconv = mixer
        norm2 = LayerNorm(channels, epsilon: 1e-6)
        pwconv1 = linear(channels, 4 * channels)
        pwconv2 = linear(4 * channels, channels)
        gamma1 = Parameter(.full([channels], layerScale))
        gamma2 = Parameter(.full([channels], layerScale))
        self.stochasticDepth = StochasticDepth(stochasticDepth)
    }

    /// [batch, channels, height, width], in the same shape.
    public func forward(_ x: Tensor) -> Tensor {
        let y = x + stochasticDepth(gnconv(norm1(x)) * gamma1.value.reshape([-1, 1, 1]))
        // Channels last, where the linear layers take them.
        let z = pwconv2(pwconv1(norm2(y.permute(0, 2, 3, 1))).gelu()) * gamma2.value
        return y + stochasticDepth(z.permute(0, 3, 1, 2))
    }
}

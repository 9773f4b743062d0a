import Apus
import ApusNN

/// Attention in windows and two linear layers with GELU, each after a layer normalisation and added to its input (Liu
/// et al. 2021, figure 3b).
///
/// State: `norm1.…`, `attn.…`, `norm2.…`, `mlp.0.…`, `mlp.3.…`.
final class SwinBlock: Module, Layer {
    /// Before the attention.
    let norm1: LayerNorm
    /// In windows.
    let attn: ShiftedWindowAttention
    /// Before the linear layers.
    let norm2: LayerNorm
    /// To four times as many channels and back.
    let mlp: Sequential
    /// Of both halves, each for itself.
    let stochasticDepth: StochasticDepth

    init(
        _ channels: Int, heads: Int, window: Int, shift: Int, stochasticDepth: Double,
        using generator: RandomGenerator
    ) {
        norm1 = LayerNorm(channels)
        attn = ShiftedWindowAttention(channels, heads: heads, window: window, shift: shift, using: generator)
        norm2 = LayerNorm(channels)
        mlp = transformerMLP(
            channels, hidden: 4 * channels, weights: .narrowNormal, using: generator)
        self.stochasticDepth = StochasticDepth(stochasticDepth)
    }

    /// [batch, height, width, channels], in the same shape.
    func forward(_ x: Tensor) -> Tensor {
        let y = x + stochasticDepth(attn(norm1(x)))
        return y + stochasticDepth(mlp(norm2(y)))
    }
}

import Apus
import ApusNN

/// Attention and two linear layers with GELU, each after a layer normalisation and added to its input (Dosovitskiy et
/// al. 2020, figure 1).
///
/// State: `ln_1.…`, `self_attention.…`, `ln_2.…`, `mlp.0.…`, `mlp.3.…`.
final class VisionTransformerBlock: Module, Layer {
    /// Before the attention.
    let firstNorm: LayerNorm
    /// Of all tokens.
    let attention: MultiHeadAttention
    /// Before the linear layers.
    let secondNorm: LayerNorm
    /// To more channels and back.
    let mlp: Sequential
    /// Of the attention's results, in training.
    let dropout: Double

    init(_ channels: Int, heads: Int, hidden: Int, dropout: Double, using generator: RandomGenerator) {
        firstNorm = LayerNorm(channels, epsilon: 1e-6)
        attention = MultiHeadAttention(channels, heads: heads, using: generator)
        secondNorm = LayerNorm(channels, epsilon: 1e-6)
        mlp = transformerMLP(
            channels, hidden: hidden, dropout: dropout, weights: .xavierUniform(), using: generator)
        for case let layer as Linear in mlp.layers {
            layer.bias!.value = .normal(layer.bias!.shape, mean: 0, std: 1e-6, using: generator)
        }
        self.dropout = dropout
    }

    override var members: [(name: String, member: Member)] {
        [
            ("ln_1", .module(firstNorm)), ("self_attention", .module(attention)),
            ("ln_2", .module(secondNorm)), ("mlp", .module(mlp)),
        ]
    }

    /// [batch, tokens, channels], in the same shape.
    func forward(_ x: Tensor) -> Tensor {
        let attended = attention(firstNorm(x))
        let y = x + (isTraining ? attended.dropout(dropout) : attended)
        return y + mlp(secondNorm(y))
    }
}

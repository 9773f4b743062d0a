import Apus
import ApusNN

/// A number for each token's place and channel, blocks of attention, and a layer normalisation.
///
/// State: `pos_embedding`, `layers.encoder_layer_0.…`, `ln.…`.
final class VisionTransformerEncoder: Module, Layer {
    /// [1, tokens, channels], added to the tokens.
    let positions: Parameter
    /// One after the other.
    let blocks: [VisionTransformerBlock]
    /// Of the last block's results.
    let norm: LayerNorm
    /// Of the tokens before the first block, in training.
    let dropout: Double

    init(
        tokens: Int, _ configuration: VisionTransformer.Configuration, using generator: RandomGenerator
    ) {
        let width = configuration.width
        positions = Parameter(.normal([1, tokens, width], mean: 0, std: 0.02, using: generator))
        blocks = (0..<configuration.depth).map { _ in
            VisionTransformerBlock(
                width, heads: configuration.heads, hidden: configuration.hidden,
                dropout: configuration.dropout, using: generator)
        }
        norm = LayerNorm(width, epsilon: 1e-6)
        dropout = configuration.dropout
    }

    override var members: [(name: String, member: Member)] {
        [("pos_embedding", .parameter(positions))]
            + blocks.enumerated().map { ("layers.encoder_layer_\($0.offset)", .module($0.element)) }
            + [("ln", .module(norm))]
    }

    /// [batch, tokens, channels], in the same shape.
    func forward(_ x: Tensor) -> Tensor {
        let placed = x + positions.value
        return norm(blocks.reduce(isTraining ? placed.dropout(dropout) : placed) { $1($0) })
    }
}

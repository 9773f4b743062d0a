import Apus

/// A block of a Transformer's decoder (Vaswani et al. 2017, section 3.1): attention of positions to those before them, to what an
/// encoder gave, and two linear layers at each, all with a residual and a layer normalisation.
///
/// State names are those of PyTorch's `nn.TransformerDecoderLayer`: `self_attn.…`, `multihead_attn.…`, `linear1`, `linear2`,
/// `norm1` to `norm3`.
public final class TransformerDecoderLayer: Module {
    /// Of positions to each other.
    public let attention: MultiHeadAttention
    /// Of positions to the encoder's.
    public let crossAttention: MultiHeadAttention
    /// The two linear layers.
    public let feedforward: TransformerFeedforward
    /// Of the attentions and of the linear layers.
    public let norms: [LayerNorm]
    /// Whether what goes into a part is normalised (pre-norm), not the sum that comes out.
    public let normalizesFirst: Bool
    /// The share of each part's results, of the hidden channels and of the attention's weights that are dropped in training.
    public let dropout: Double

    /// - Parameters:
    ///   - channels: of each position, a multiple of the heads.
    ///   - hidden: channels between the linear layers.
    ///   - activation: between them.
    ///   - normalizesFirst: whether what goes into a part is normalised (pre-norm), not the sum that comes out.
    ///   - epsilon: of the normalisations.
    public init(
        _ channels: Int, heads: Int, hidden: Int = 2048, dropout: Double = 0.1,
        activation: TransformerFeedforward.Activation = .relu, normalizesFirst: Bool = false,
        epsilon: Double = 1e-5, bias: Bool = true, using generator: RandomGenerator = .default
    ) {
        attention = MultiHeadAttention(channels, heads: heads, bias: bias, dropout: dropout, using: generator)
        crossAttention = MultiHeadAttention(
            channels, heads: heads, bias: bias, dropout: dropout, using: generator)
        feedforward = TransformerFeedforward(
            channels, hidden: hidden, activation: activation, dropout: dropout, bias: bias, using: generator)
        norms = (0..<3).map { _ in LayerNorm(channels, epsilon: epsilon, bias: bias) }
        (self.normalizesFirst, self.dropout) = (normalizesFirst, dropout)
    }

    public override var members: [(name: String, member: Member)] {
        [("self_attn", .module(attention)), ("multihead_attn", .module(crossAttention))]
            + feedforward.members
            + norms.enumerated().map { ("norm\($0.offset + 1)", .module($0.element)) }
    }

    /// - Parameters:
    ///   - x: [batch, positions, channels].
    ///   - memory: what the encoder gave, [batch, its positions, channels].
    ///   - mask: of positions to each other, as `MultiHeadAttention` takes it.
    ///   - isCausal: whether position i sees positions 0 to i alone.
    ///   - keyMask: [batch, positions], true for those that are no padding.
    ///   - memoryMask: of positions to the encoder's, as `MultiHeadAttention` takes it.
    ///   - memoryKeyMask: [batch, its positions], true for those that are no padding.
    /// - Returns: [batch, positions, channels].
    public func callAsFunction(
        _ x: Tensor, memory: Tensor, mask: Tensor? = nil, isCausal: Bool = false, keyMask: Tensor? = nil,
        memoryMask: Tensor? = nil, memoryKeyMask: Tensor? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            let attended = residual(x, norms[0]) {
                attention($0, mask: mask, keyMask: keyMask, isCausal: isCausal)
            }
            let met = residual(attended, norms[1]) {
                crossAttention($0, key: memory, mask: memoryMask, keyMask: memoryKeyMask)
            }
            return residual(met, norms[2]) { feedforward($0, isTraining: isTraining) }
        }
    }

    private func residual(_ x: Tensor, _ norm: LayerNorm, _ part: (Tensor) -> Tensor) -> Tensor {
        norm.residual(x, isFirst: normalizesFirst, dropout: isTraining ? dropout : 0, part)
    }
}

import Apus

/// A block of a Transformer's encoder (Vaswani et al. 2017, section 3.1): attention of all positions to each other, and two
/// linear layers at each, both with a residual and a layer normalisation.
///
/// State names are those of PyTorch's `nn.TransformerEncoderLayer`: `self_attn.…`, `linear1`, `linear2`, `norm1`, `norm2`.
public final class TransformerEncoderLayer: Module, Layer {
    /// Of all positions to each other.
    public let attention: MultiHeadAttention
    /// The two linear layers.
    public let feedforward: TransformerFeedforward
    /// Of the attention, and of the linear layers.
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
        feedforward = TransformerFeedforward(
            channels, hidden: hidden, activation: activation, dropout: dropout, bias: bias, using: generator)
        norms = (0..<2).map { _ in LayerNorm(channels, epsilon: epsilon, bias: bias) }
        (self.normalizesFirst, self.dropout) = (normalizesFirst, dropout)
    }

    public override var members: [(name: String, member: Member)] {
        [("self_attn", .module(attention))] + feedforward.members
            + norms.enumerated().map { ("norm\($0.offset + 1)", .module($0.element)) }
    }

    /// [batch, positions, channels], in the same shape; all positions see each other.
    public func forward(_ x: Tensor) -> Tensor { encode(x, nil, nil, false) }

    /// - Parameters:
    ///   - x: [batch, positions, channels].
    ///   - mask: as `MultiHeadAttention` takes it.
    ///   - keyMask: [batch, positions], true for those that are no padding.
    ///   - isCausal: position i sees 0 to i, as in a language model.
    public func callAsFunction(
        _ x: Tensor, mask: Tensor? = nil, keyMask: Tensor? = nil, isCausal: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) { encode(x, mask, keyMask, isCausal) }
    }

    private func encode(_ x: Tensor, _ mask: Tensor?, _ keyMask: Tensor?, _ isCausal: Bool) -> Tensor {
        let attended = residual(x, norms[0]) {
            attention($0, mask: mask, keyMask: keyMask, isCausal: isCausal)
        }
        return residual(attended, norms[1]) { feedforward($0, isTraining: isTraining) }
    }

    private func residual(_ x: Tensor, _ norm: LayerNorm, _ part: (Tensor) -> Tensor) -> Tensor {
        norm.residual(x, isFirst: normalizesFirst, dropout: isTraining ? dropout : 0, part)
    }
}

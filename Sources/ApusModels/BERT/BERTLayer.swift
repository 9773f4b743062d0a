import Apus
import ApusNN

/// A block: attention of all tokens to each other and two linear layers, each normalised together with its residual.
///
/// State: `attention.self.query` to `value`, `attention.output.dense`, `attention.output.LayerNorm`, `intermediate.dense`,
/// `output.dense`, `output.LayerNorm`.
final class BERTLayer: Module {
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let joined: Linear
    private let attentionNorm: LayerNorm
    private let inner: Linear
    private let outer: Linear
    private let norm: LayerNorm
    private let configuration: BERT.Configuration

    init(_ configuration: BERT.Configuration, using generator: RandomGenerator) {
        self.configuration = configuration
        let width = configuration.width
        query = .ofBERT(width, width, generator)
        key = .ofBERT(width, width, generator)
        value = .ofBERT(width, width, generator)
        joined = .ofBERT(width, width, generator)
        attentionNorm = LayerNorm(width, epsilon: configuration.epsilon)
        inner = .ofBERT(width, configuration.hidden, generator)
        outer = .ofBERT(configuration.hidden, width, generator)
        norm = LayerNorm(width, epsilon: configuration.epsilon)
    }

    override var members: [(name: String, member: Member)] {
        [
            ("attention.self.query", .module(query)), ("attention.self.key", .module(key)),
            ("attention.self.value", .module(value)), ("attention.output.dense", .module(joined)),
            ("attention.output.LayerNorm", .module(attentionNorm)), ("intermediate.dense", .module(inner)),
            ("output.dense", .module(outer)), ("output.LayerNorm", .module(norm)),
        ]
    }

    /// - Parameter mask: what broadcasts to [batch, heads, tokens, tokens]; true takes part.
    func callAsFunction(_ x: Tensor, _ mask: Tensor?) -> Tensor {
        let (heads, dropout) = (configuration.heads, isTraining ? configuration.dropout : 0)
        func split(_ x: Tensor) -> Tensor {
            x.reshape([x.shape[0], x.shape[1], heads, x.shape[2] / heads]).transpose(1, 2)
        }
        func dropped(_ x: Tensor) -> Tensor { dropout > 0 ? x.dropout(dropout) : x }
        let attended = split(query(x)).scaledDotProductAttention(
            key: split(key(x)), value: split(value(x)), mask: mask, dropout: dropout)
        let met = attentionNorm(x + dropped(joined(attended.transpose(1, 2).reshape(x.shape))))
        return norm(met + dropped(outer(inner(met).gelu())))
    }
}

import Apus
import ApusNN

/// The sum of a vector for each token, one for its position and one for the kind of its text, normalised.
///
/// State: `word_embeddings`, `position_embeddings`, `token_type_embeddings`, `LayerNorm`, and the numbers of the positions, which
/// files of BERT have.
final class BERTEmbeddings: Module {
    private let words: Embedding
    private let positions: Embedding
    private let types: Embedding
    private let norm: LayerNorm
    private let dropout: Double
    /// 0, 1, 2, …, [1, positions].
    private let places: Buffer

    init(_ configuration: BERT.Configuration, using generator: RandomGenerator) {
        func table(_ rows: Int) -> Embedding {
            let layer = Embedding(rows, configuration.width, using: generator)
            layer.weight.value = .normal([rows, configuration.width], mean: 0, std: 0.02, using: generator)
            return layer
        }
        words = table(configuration.vocabulary)
        positions = table(configuration.positions)
        types = table(configuration.types)
        norm = LayerNorm(configuration.width, epsilon: configuration.epsilon)
        dropout = configuration.dropout
        places = Buffer(Tensor.arange(configuration.positions).unsqueeze(0))
    }

    override var members: [(name: String, member: Member)] {
        [
            ("word_embeddings", .module(words)), ("position_embeddings", .module(positions)),
            ("token_type_embeddings", .module(types)), ("LayerNorm", .module(norm)),
            ("position_ids", .buffer(places)),
        ]
    }

    func callAsFunction(_ tokens: Tensor, _ given: Tensor?) -> Tensor {
        let count = tokens.shape[1]
        let kinds =
            given.map { types($0) } ?? types.weight.value.narrow(axis: 0, start: 0, count: 1)
        let sum = words(tokens) + positions.weight.value.narrow(axis: 0, start: 0, count: count) + kinds
        let result = norm(sum)
        return isTraining ? result.dropout(dropout) : result
    }
}

import Apus
import ApusNN

/// BERT's encoder (Devlin et al. 2018, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding"): what
/// each token means among the others.
///
/// State names are those of Hugging Face's `BertModel`: `embeddings.word_embeddings.weight`, `encoder.layer.0.attention.self.
/// query.weight`, …, `pooler.dense.weight`.
public final class BERT: Module {
    /// The sizes of a network.
    public struct Configuration: Codable, Sendable, Equatable {
        /// Tokens that there are.
        public var vocabulary: Int
        /// The most tokens of a text.
        public var positions: Int
        /// Kinds of texts that a sequence may be made of.
        public var types: Int
        /// Channels of a token.
        public var width: Int
        /// Heads of the attention.
        public var heads: Int
        /// Channels between the two linear layers of a block.
        public var hidden: Int
        /// Blocks.
        public var depth: Int
        /// The share of what is dropped in training.
        public var dropout: Double
        /// Of the normalisations.
        public var epsilon: Double

        /// BERT's sizes but for those that are given.
        public init(
            vocabulary: Int = 30_522, positions: Int = 512, types: Int = 2, width: Int = 768, heads: Int = 12,
            hidden: Int = 3072, depth: Int = 12, dropout: Double = 0.1, epsilon: Double = 1e-12
        ) {
            (self.vocabulary, self.positions, self.types) = (vocabulary, positions, types)
            (self.width, self.heads, self.hidden, self.depth) = (width, heads, hidden, depth)
            (self.dropout, self.epsilon) = (dropout, epsilon)
        }

        /// BERT base, 109,482,240 parameters.
        public static let base = Configuration()
        /// MiniLM of six blocks (Wang et al. 2020), 22,713,216 parameters: what sentence embeddings are often made with.
        public static let miniLM = Configuration(width: 384, hidden: 1536, depth: 6)
    }

    /// What the network was made of.
    public let configuration: Configuration
    private let embeddings: BERTEmbeddings
    private let layers: [BERTLayer]
    /// Of the first token; no part of what a call gives.
    private let pooler: Linear

    /// Weights start normal with a standard deviation of 0.02, biases at 0.
    public init(_ configuration: Configuration = .base, using generator: RandomGenerator = .default) {
        let sizes = [
            configuration.vocabulary, configuration.positions, configuration.types, configuration.width,
            configuration.heads, configuration.hidden,
        ]
        if sizes.contains(where: { $0 < 1 }) || configuration.depth < 0
            || configuration.width % configuration.heads != 0
        {
            fail("BERT", "\(configuration): sizes are positive, and the width is a multiple of the heads")
        }
        self.configuration = configuration
        embeddings = BERTEmbeddings(configuration, using: generator)
        layers = (0..<configuration.depth).map { _ in BERTLayer(configuration, using: generator) }
        pooler = Linear.ofBERT(configuration.width, configuration.width, generator)
    }

    public override var members: [(name: String, member: Member)] {
        [("embeddings", .module(embeddings))]
            + layers.enumerated().map { ("encoder.layer.\($0.offset)", .module($0.element)) }
            + [("pooler.dense", .module(pooler))]
    }

    /// - Parameters:
    ///   - tokens: integers [batch, positions].
    ///   - types: of each token, integers in the same shape; 0 where it is nil.
    ///   - mask: booleans in the same shape, true for tokens that are no padding.
    /// - Returns: [batch, positions, width].
    public func callAsFunction(
        _ tokens: Tensor, types: Tensor? = nil, mask: Tensor? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            let most = configuration.positions
            if tokens.rank != 2 || tokens.shape[1] > most {
                fail(
                    "BERT", "tokens of shape \(tokens.shape): it takes [batch, positions], of at most \(most)"
                )
            }
            for (what, other) in [("types", types), ("a mask", mask)] {
                if let other, other.shape != tokens.shape {
                    fail("BERT", "\(what) of shape \(other.shape) for tokens of shape \(tokens.shape)")
                }
            }
            let wide = mask?.unsqueeze(1).unsqueeze(1)
            return layers.reduce(embeddings(tokens, types)) { $1($0, wide) }
        }
    }
}

extension Linear {
    /// Weights normal with a standard deviation of 0.02, biases 0.
    static func ofBERT(_ inputs: Int, _ outputs: Int, _ generator: RandomGenerator) -> Linear {
        let layer = Linear(inputs, outputs, using: generator)
            .initialized(.normal(mean: 0, std: 0.02), using: generator)
        layer.bias!.value = .zeros([outputs])
        return layer
    }
}

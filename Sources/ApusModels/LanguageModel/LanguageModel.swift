import Apus
import ApusNN

/// A model that tells what comes next in a sequence of tokens, with a choice of what mixes its positions.
///
/// An embedding, blocks, a normalisation, and a linear layer to the logits of all tokens, whose weight is the embedding's where
/// they are tied. It reads a whole sequence, or goes on from a state, a part or a token at a time.
///
/// ```swift
/// let model = LanguageModel(.init(vocabulary: 256, channels: 128, layers: 4, mixer: .mamba))
/// let logits = model(Tensor([72, 101, 108, 108], shape: [1, 4]))     // [1, 4, 256]
/// var tokens = try model.generate([72, 101], count: 20)
/// while let token = try tokens.next() { print(token) }
/// ```
///
/// State names are those of the published models for `mamba` and `mamba2` (`backbone.embedding.weight`,
/// `backbone.layers.0.mixer.…`, `backbone.norm_f.weight`), `rwkv` (`emb.weight`, `blocks.0.att.…`, `ln_out.…`, `head.weight`) and
/// `retention` (`embed_tokens.weight`, `layers.0.retention.…`, `layer_norm.weight`, `output_projection.weight`); of the others
/// `embedding.weight`, `blocks.0.…`, `norm.…` and `head.weight`.
public final class LanguageModel: Module, Layer {
    /// What the model was made of.
    public let configuration: Configuration
    /// A vector for each token.
    public let embedding: Embedding
    /// One after the other.
    public let blocks: [any StepwiseLayer]
    /// After the blocks.
    public let norm: any Layer
    /// To the logits; nil where the embedding is used.
    public let head: Linear?

    /// Weights start as the layers' own, and those of published models as published. Other embeddings have a variance of 1; where
    /// the logits use them too, they are smaller by √channels, and multiplied by it (Vaswani et al. 2017, section 3.4).
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        if let fault = configuration.fault { fail("LanguageModel", fault) }
        self.configuration = configuration
        let (rows, channels) = (configuration.vocabulary, configuration.channels)
        embedding = Embedding(rows, channels, using: generator)
        blocks = (0..<configuration.layers).map { configuration.block($0, using: generator) }
        norm = configuration.norm()
        head = configuration.isTied ? nil : Linear(channels, rows, bias: false, using: generator)
        super.init()
        configuration.start(self, using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        let names = configuration.mixer.names
        return [(names.embedding, .module(embedding))]
            + blocks.enumerated().map { ("\(names.blocks).\($0.offset)", .module($0.element)) }
            + [(names.norm, .module(norm))]
            + (head.map { [(names.head, .module($0))] } ?? [])
    }

    /// The logits of the token after each.
    ///
    /// - Parameter tokens: integers [batch, time], of one step or more.
    /// - Returns: [batch, time, vocabulary].
    public func forward(_ tokens: Tensor) -> Tensor {
        check(tokens)
        return logits(blocks.reduce(embedded(tokens, from: 0)) { $1($0) })
    }

    /// What the blocks remember of the tokens before.
    public struct State {
        /// How many tokens there were.
        public fileprivate(set) var count = 0
        fileprivate var blocks: [Any]
    }

    /// The state before the first token of so many sequences.
    public func initialState(batch: Int) -> State {
        State(blocks: blocks.map { $0.erasedState(batch: batch) })
    }

    /// The logits of what comes after the next tokens, of which `state` then knows too.
    ///
    /// - Parameter tokens: integers [batch, time], of one step or more.
    /// - Returns: [batch, vocabulary]: those after the last of them.
    public func advance(_ tokens: Tensor, _ state: inout State) -> Tensor {
        check(tokens)
        if state.blocks.count != blocks.count {
            fail("LanguageModel", "a state of \(state.blocks.count) blocks, where \(blocks.count) are wanted")
        }
        var x = embedded(tokens, from: state.count)
        for (index, block) in blocks.enumerated() { x = block.advance(x, erased: &state.blocks[index]) }
        state.count += tokens.shape[1]
        return logits(x.narrow(axis: 1, start: tokens.shape[1] - 1, count: 1).squeeze(axis: 1))
    }

    private func embedded(_ tokens: Tensor, from start: Int) -> Tensor {
        var x = embedding(tokens)
        if configuration.scalesEmbedding { x = x * Double(configuration.channels).squareRoot() }
        return configuration.positions.map { $0(x, from: start) } ?? x
    }

    private func logits(_ x: Tensor) -> Tensor {
        let normalized = norm(x)
        return head?(normalized) ?? normalized.linear(embedding.weight.value)
    }

    private func check(_ tokens: Tensor) {
        if tokens.rank != 2 || tokens.shape[1] == 0 {
            fail(
                "LanguageModel",
                "tokens of shape \(tokens.shape): it takes [batch, time], of one step or more")
        }
    }
}

extension StepwiseLayer {
    /// The first state as one of any layer.
    fileprivate func erasedState(batch: Int) -> Any { initialState(batch: batch) }

    fileprivate func advance(_ x: Tensor, erased: inout Any) -> Tensor {
        guard var state = erased as? State else {
            fail("LanguageModel", "a state of \(type(of: erased)), where one of \(State.self) is wanted")
        }
        // Whoever is the only one to look at a state can change it in its place.
        erased = ()
        defer { erased = state }
        return advance(x, &state)
    }
}

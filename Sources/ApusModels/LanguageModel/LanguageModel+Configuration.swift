import Apus
import ApusNN

extension LanguageModel {
    /// The sizes of a model, and what mixes its positions.
    public struct Configuration: Codable, Sendable, Equatable {
        /// Tokens that there are.
        public var vocabulary: Int
        /// Channels of a position.
        public var channels: Int
        /// Blocks.
        public var layers: Int
        /// What mixes the positions.
        public var mixer: SequenceMixer
        /// Heads of attentions, of which the channels are a multiple.
        public var heads: Int
        /// Pairs of B and C of `mamba2`, of which its heads are a multiple.
        public var groups: Int
        /// The most tokens that the model sees; nil where there is no limit. `s4` and `gau` have to have one.
        public var context: Int?
        /// Whether `linear`, `gau`, `flash` and `retention` see half of the channels of the step before, without which they hardly recall
        /// what came after something.
        public var shiftsTokens: Bool
        /// The share of the blocks' results that are dropped in training; 0 for published models' blocks.
        public var dropout: Double
        /// Whether the logits' weights are the embedding's.
        public var isTied: Bool

        /// A model of four heads without a limit and without dropout, with tied weights, where nothing else is given.
        public init(
            vocabulary: Int, channels: Int, layers: Int, mixer: SequenceMixer, heads: Int = 4,
            groups: Int = 1, context: Int? = nil, shiftsTokens: Bool = false, dropout: Double = 0,
            isTied: Bool = true
        ) {
            (self.vocabulary, self.channels, self.layers) = (vocabulary, channels, layers)
            (self.mixer, self.heads, self.groups, self.context) = (mixer, heads, groups, context)
            (self.shiftsTokens, self.dropout, self.isTied) = (shiftsTokens, dropout, isTied)
        }

        /// The smallest published Mamba (Gu and Dao 2023), 129,135,360 parameters, of GPT-NeoX's tokens.
        public static let mamba130m = Configuration(
            vocabulary: 50_280, channels: 768, layers: 24, mixer: .mamba)
        /// The smallest published RWKV-4 (Peng et al. 2023), 169,342,464 parameters, of GPT-NeoX's tokens.
        public static let rwkv169m = Configuration(
            vocabulary: 50_277, channels: 768, layers: 12, mixer: .rwkv, context: 1024, isTied: false)

        /// Why there is no such model; nil where there is one.
        package var fault: String? {
            let sizes = [vocabulary, channels, layers, heads, groups, context ?? 1]
            if sizes.contains(where: { $0 < 1 }) { return "\(self): sizes are positive" }
            if !(0..<1 ~= dropout) { return "a dropout of \(dropout): it is 0 or more and below 1" }
            if dropout > 0 && mixer.isPublished {
                return "a dropout of \(dropout), where \(mixer.rawValue) drops nothing"
            }
            if mixer.needsContext && context == nil { return "no context, which \(mixer) has to have" }
            if [.attention, .linear, .retention].contains(mixer) && channels % (2 * heads) != 0 {
                return "\(channels) channels in \(heads) heads: each has an even number of them"
            }
            if mixer == .mamba2 && channels % 32 != 0 {
                return "\(channels) channels: mamba2 has heads of 64, of twice as many channels"
            }
            if mixer == .mamba2 && channels / 32 % groups != 0 {
                return "\(channels / 32) heads in \(groups) groups: they are a multiple"
            }
            return nil
        }

        /// One of the blocks, counted from 0.
        func block(_ index: Int, using generator: RandomGenerator) -> any StepwiseLayer {
            /// A mixer and two linear layers, as in a Transformer.
            func transformer(_ mixer: some StepwiseLayer) -> any StepwiseLayer {
                TransformerBlock(mixer, channels, dropout: dropout, using: generator)
            }
            switch mixer {
            case .attention:
                return transformer(
                    CausalAttention(channels, heads: heads, dropout: dropout, using: generator))
            case .linear:
                return transformer(
                    LinearAttention(
                        channels, heads: heads, isCausal: true, shiftsTokens: shiftsTokens, using: generator))
            case .gau:
                return GAU(
                    channels, isCausal: true, scale: .keys, length: context, positionBias: false,
                    rotary: true, shiftsTokens: shiftsTokens, dropout: dropout, using: generator)
            case .flash:
                // The bias for distances starts so large that it hides the scores of small layers.
                return FLASH(
                    channels, group: 64, isCausal: true, positionBias: false, shiftsTokens: shiftsTokens,
                    dropout: dropout,
                    using: generator)
            case .retention:
                return RetNetBlock(
                    channels, heads: heads, shiftsTokens: shiftsTokens, using: generator)
            case .lstm: return transformer(LSTMMixer(channels, using: generator))
            case .lru:
                return LRUBlock(
                    channels, states: channels, radii: 0.9...0.999, dropout: dropout,
                    using: generator)
            case .s4d: return transformer(S4D(channels, dropout: dropout, using: generator))
            case .s4: return transformer(S4(channels, length: context!, dropout: dropout, using: generator))
            case .mamba:
                let mixer = Mamba(channels, using: generator)
                narrow(mixer.outProjection)
                return ResidualBlock(mixer, channels)
            case .mamba2:
                let mixer = Mamba2(channels, groups: groups, using: generator)
                narrow(mixer.outProjection)
                return ResidualBlock(mixer, channels)
            case .rwkv: return RWKVBlock(channels, layer: index, of: layers, using: generator)
            }
        }

        /// What adds to the channels starts smaller by the root of how many blocks there are (Gu and Dao 2023, appendix E).
        private func narrow(_ projection: Linear) {
            projection.weight.value = projection.weight.value / Double(layers).squareRoot()
        }

        /// After the blocks.
        func norm() -> any Layer {
            switch mixer {
            case .rwkv: LayerNorm(channels)
            case .retention: RMSNorm(channels, epsilon: 1e-6)
            default: RMSNorm(channels, epsilon: 1e-5)
            }
        }

        /// Whether embeddings are multiplied by √channels, so that they start at a variance of 1, and the logits too; those of
        /// published models are not.
        var scalesEmbedding: Bool { isTied && !mixer.isPublished }

        /// What tells blocks of sums which step is which, as in the published models; others tell by themselves.
        var positions: SinusoidalPositions? {
            [.linear, .gau, .flash].contains(mixer) ? SinusoidalPositions(channels) : nil
        }

        /// Where what is not a block's starts.
        func start(_ model: LanguageModel, using generator: RandomGenerator) {
            let shape = [vocabulary, channels]
            if mixer == .rwkv {
                // Peng et al. 2023, appendix E.
                let rows = Double(max(vocabulary, channels)).squareRoot()
                let gain = max(1, Double(vocabulary) / Double(channels)).squareRoot()
                model.embedding.weight.value = Initializer.orthogonal(gain: 1e-4 * rows)(
                    shape, using: generator)
                model.head?.weight.value = Initializer.orthogonal(gain: 0.5 * gain)(shape, using: generator)
            } else if isTied {
                // Gu and Dao 2023 have 0.02.
                let isMamba = mixer == .mamba || mixer == .mamba2
                let deviation = isMamba ? 0.02 : 1 / Double(channels).squareRoot()
                model.embedding.weight.value = .normal(shape, std: deviation, using: generator)
            }
        }
    }
}

extension SequenceMixer {
    /// Whether it is made for sequences up to a length.
    package var needsContext: Bool { self == .s4 || self == .gau }

    /// Whether it is at a loss beyond the lengths that it was trained on.
    package var seesContext: Bool { needsContext || self == .attention }

    /// Whether the blocks are those of models that others publish weights of.
    var isPublished: Bool { [.mamba, .mamba2, .rwkv, .retention].contains(self) }

    /// What a model's parts are called in its state.
    var names: (embedding: String, blocks: String, norm: String, head: String) {
        switch self {
        case .mamba, .mamba2: ("backbone.embedding", "backbone.layers", "backbone.norm_f", "lm_head")
        case .rwkv: ("emb", "blocks", "ln_out", "head")
        case .retention: ("embed_tokens", "layers", "layer_norm", "output_projection")
        case .attention, .linear, .gau, .flash, .lstm, .lru, .s4d, .s4:
            ("embedding", "blocks", "norm", "head")
        }
    }
}

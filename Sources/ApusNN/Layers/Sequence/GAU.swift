import Apus

/// A gated attention unit: one head of attention without softmax, and a gated linear layer around it (Hua et al. 2022,
/// "Transformer Quality in Linear Time", section 2).
///
/// With x̂ = norm(x), [v | u] = SiLU(W_h·x̂) and z = SiLU(W_z·x̂), queries and keys are γᵢ ⊙ z + βᵢ, and the result is
/// x + W_o·(u ⊙ (a·v)) with weights a = f((q·kᵀ + bias)/n), f(x) = max(x, 0)². Masks set weights to 0. Sequences are [batch, time,
/// channels]; all scores are in memory, and a step costs as much as there were steps before.
///
/// n is the sequence's length unless `length` is given. A causal layer that goes on step by step must not depend on how long the
/// sequence will be: it needs a length, such as that of the training sequences.
///
/// γ starts at 1. Published code has it normal with a deviation of 0.02, from which squared scores are next to nothing, and small
/// layers stay at chance for thousands of steps where those that start at 1 learn to recall (`apus study sequences`). Pass
/// `gamma: .normal(mean: 0, std: 0.02)` for the published start.
///
/// ```swift
/// let layer = GAU(64, isCausal: true, length: 256)
/// let y = layer(Tensor.normal([8, 256, 64]))
/// ```
///
/// State, with the names of FLASH-pytorch: `norm.weight`, `norm.bias` or `norm.g`,
/// `rel_pos_bias.relative_attention_bias.weight` [32, 1], `to_hidden.0.…`, `to_qk.0.…`, `offsetscale.gamma`, `offsetscale.beta`
/// [2, keyChannels], `to_out.0.…`, and with rotary embedding `rotary_pos_emb.freqs`.
public final class GAU: Module, StepwiseLayer {
    /// What is remembered between steps: all keys and values, so that it grows.
    public struct State {
        /// Keys [batch, steps so far, keyChannels] and values [batch, steps so far, hidden channels].
        public var cache: KeyValueCache
        /// The half of the normalised channels that the next step gets; nil before the first and without token shift.
        public var shifted: Tensor?
    }

    /// What scores are divided by.
    public enum Scale: String, CaseIterable, Sendable {
        /// f((q·kᵀ + bias)/n), as published: weights shrink with the square of n.
        case length
        /// f(q·kᵀ/√keyChannels + bias)/n: the weights of n equal scores sum up to the same for all n.
        case keys
    }

    /// Learned for distances in buckets; nil for a layer without.
    public let positionBias: RelativePositionBias?
    /// f.
    public let activation: GatedAttentionActivation
    /// What scores are divided by.
    public let scale: Scale
    /// n; nil is the sequence's own.
    public let length: Int?
    /// Whether steps see only those before them and themselves.
    public let isCausal: Bool
    /// The share of the weights a, and of what is added to the input, that is dropped in training.
    public let dropout: Double
    /// How a whole sequence is computed: parallel, or in a causal layer with a length also recurrent, a step after the other.
    public var form: SequenceForm = .parallel { didSet { checkForm() } }
    private let parts: GatedProjections
    /// `to_out.0` is the published name.
    private let out: Sequential

    /// - Parameters:
    ///   - channels: of the input and the result.
    ///   - keyChannels: of queries and keys.
    ///   - expansion: channels of values and gates for each.
    ///   - length: n, 1 or more; nil is the sequence's own.
    ///   - positionBias: whether scores get a learned number for the distance, times √channels.
    ///   - rotary: whether the first 32 channels of queries and keys turn with the position.
    ///   - gamma: where γ starts.
    ///   - usesScaleNorm: the norm is a `ScaleNorm` and not a `LayerNorm`.
    ///   - shiftsTokens: the first half of the normalised channels comes from the step before.
    ///   - dropout: the share of the weights a, and of what is added to the input, that is dropped in training.
    public init(
        _ channels: Int, keyChannels: Int = 128, expansion: Int = 2, isCausal: Bool = false,
        activation: GatedAttentionActivation = .squaredReLU, scale: Scale = .length, length: Int? = nil,
        positionBias: Bool = true, rotary: Bool = false, gamma: Initializer = .ones,
        usesScaleNorm: Bool = false, shiftsTokens: Bool = false, dropout: Double = 0,
        using generator: RandomGenerator = .default
    ) {
        checkProbability(dropout, "GAU")
        if let length, length < 1 { fail("GAU", "a length of \(length): it is 1 or more") }
        parts = GatedProjections(
            "GAU", channels, keyChannels: keyChannels, expansion: expansion, branches: 2,
            usesScaleNorm: usesScaleNorm, rotary: rotary, gamma: gamma, shiftsTokens: shiftsTokens,
            using: generator)
        out = Sequential(parts.toOut, Dropout(dropout))
        self.positionBias =
            positionBias ? RelativePositionBias(heads: 1, bidirectional: !isCausal, using: generator) : nil
        (self.activation, self.scale, self.length, self.isCausal) = (activation, scale, length, isCausal)
        self.dropout = dropout
    }

    public override var members: [(name: String, member: Member)] {
        [("norm", .module(parts.norm))] + (positionBias.map { [("rel_pos_bias", .module($0))] } ?? [])
            + [
                ("to_hidden", .module(parts.toHidden)), ("to_qk", .module(parts.toQK)),
                ("offsetscale", .module(parts.branches)), ("to_out", .module(out)),
            ] + (parts.rotary.map { [("rotary_pos_emb", .module($0))] } ?? [])
    }

    /// [batch, time, channels], in the same shape.
    public func forward(_ x: Tensor) -> Tensor { attend(x, nil) }

    /// A sequence some of whose steps are padding, in the parallel form.
    ///
    /// - Parameters:
    ///   - x: [batch, time, channels].
    ///   - keyMask: [batch, time], true for steps that take part; n counts the others too.
    /// - Returns: in the shape of x.
    public func callAsFunction(
        _ x: Tensor, keyMask: Tensor?, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) { attend(x, keyMask) }
    }

    /// No keys and no values.
    public func initialState(batch: Int) -> State {
        if !isCausal || length == nil {
            fail("GAU", "steps one after the other are those of a causal layer with a length")
        }
        let (keys, values) = (parts.nothing(batch, parts.keyChannels), parts.nothing(batch, parts.hidden))
        return State(cache: KeyValueCache(keys: keys, values: values))
    }

    /// The results of the next steps, [batch, time, channels] both.
    public func advance(_ x: Tensor, _ state: inout State) -> Tensor {
        checkSequence(x, channels: parts.channels, "GAU")
        let before = state.cache.count
        let wanted = [[x.shape[0], before, parts.keyChannels], [x.shape[0], before, parts.hidden]]
        if state.cache.shapes != wanted {
            fail(
                "GAU",
                "a state of shapes \(state.cache.shapes[0]) and \(state.cache.shapes[1]), where \(wanted[0]) and "
                    + "\(wanted[1]) are wanted")
        }
        let (values, gates, branches) = parts(x, from: before, shifted: &state.shifted)
        let all = state.cache.append(branches[1], values)
        return x + out(gates * mixed(branches[0], all.keys, all.values, from: before))
    }

    private func attend(_ x: Tensor, _ keyMask: Tensor?) -> Tensor {
        checkSequence(x, channels: parts.channels, "GAU")
        checkKeyMask(keyMask, x, "GAU")
        if form == .recurrent && keyMask == nil { return advanced(x, by: 1) }
        var shifted: Tensor?
        let (values, gates, branches) = parts(x, from: 0, shifted: &shifted)
        return x + out(gates * mixed(branches[0], branches[1], values, from: 0, keyMask))
    }

    /// a·v of queries that begin `start` steps after the first key.
    private func mixed(
        _ queries: Tensor, _ keys: Tensor, _ values: Tensor, from start: Int, _ keyMask: Tensor? = nil
    ) -> Tensor {
        let bias = positionBias.map {
            $0(queries: queries.shape[1], keys: keys.shape[1], from: start)
                * Double(parts.channels).squareRoot()
        }
        let n = Double(length ?? max(keys.shape[1], 1))
        let divisor = scale == .length ? n : Double(parts.keyChannels).squareRoot()
        var scores = (queries * (1 / divisor)).matmul(keys.transpose(1, 2))
        if let bias { scores = scores + (scale == .length ? bias * (1 / n) : bias) }
        var weights = activation(scores)
        if scale == .keys { weights = weights * (1 / n) }
        if let keyMask { weights = weights.maskedFill(keyMask.logicalNot().unsqueeze(1), 0) }
        if isCausal { weights = weights.tril(start) }
        if isTraining { weights = weights.dropout(dropout) }
        return weights.matmul(values)
    }

    private func checkForm() {
        form.check(among: isCausal && length != nil ? [.parallel, .recurrent] : [.parallel], "GAU")
    }
}

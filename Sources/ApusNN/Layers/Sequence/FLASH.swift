import Apus

/// Gated attention in linear time: within groups of steps as in `GAU`, and between groups linear (Hua et al. 2022, "Transformer
/// Quality in Linear Time", section 3).
///
/// Of z there are four branches γᵢ ⊙ z + βᵢ: queries and keys within a group, which are the square, and between groups, which are
/// linear. With groups of g steps the result is x + W_o·(u ⊙ (local + global)): local is f(q·kᵀ/g + bias)·v within the group, f(x) =
/// max(x, 0)²; global is q·Σ Kᵀ·V/g over the groups before, or in a layer that is not causal q·Σ Kᵀ·V/time over all. The last group
/// need not be whole. Sequences are [batch, time, channels].
///
/// A causal layer's result does not depend on what comes later or on how long the sequence is, and its state has a bounded size:
/// keys and values of the group so far, and one sum.
///
/// γ starts at 1, as in `GAU`, where the reason stands.
///
/// ```swift
/// let layer = FLASH(64, group: 128, isCausal: true, shiftsTokens: true)
/// let y = layer(Tensor.normal([8, 1000, 64]))
/// ```
///
/// State, with the names of FLASH-pytorch: `rotary_pos_emb.freqs`, `rel_pos_bias.relative_attention_bias.weight` [32, 1],
/// `norm.weight`, `norm.bias` or `norm.g`, `to_hidden.0.…`, `to_qk.0.…`, `qk_offset_scale.gamma`, `qk_offset_scale.beta` [4,
/// keyChannels] and `to_out.…`.
public final class FLASH: Module, StepwiseLayer {
    /// What is remembered between steps.
    public struct State {
        /// Keys of the group so far, [batch, its steps, keyChannels].
        public var keys: Tensor
        /// Keys for later groups, [batch, its steps, keyChannels].
        public var linearKeys: Tensor
        /// Values of the group so far, [batch, its steps, hidden channels].
        public var values: Tensor
        /// Σ Kᵀ·V/g of the groups before, [batch, keyChannels, hidden channels].
        public var sums: Tensor
        /// Groups before.
        public var groups: Int
        /// The half of the normalised channels that the next step gets; nil before the first and without token shift.
        public var shifted: Tensor?
    }

    /// Learned for distances in buckets; nil for a layer without.
    public let positionBias: RelativePositionBias?
    /// f.
    public let activation: GatedAttentionActivation
    /// g, the steps of a group.
    public let group: Int
    /// Whether steps see only those before them and themselves.
    public let isCausal: Bool
    /// The share of the weights within groups that is dropped in training.
    public let dropout: Double
    /// How a whole sequence is computed: parallel, all groups at once, or in a causal layer also chunked, a group after the other,
    /// and recurrent, a step after the other.
    public var form: SequenceForm = .parallel { didSet { checkForm() } }
    private let parts: GatedProjections

    /// - Parameters:
    ///   - channels: of the input and the result.
    ///   - group: steps of a group.
    ///   - keyChannels: of queries and keys.
    ///   - expansion: channels of values and gates for each.
    ///   - positionBias: whether scores within a group get a learned number for the distance, times √keyChannels.
    ///   - rotary: whether the first 32 channels of queries and keys turn with the position.
    ///   - gamma: where γ starts.
    ///   - usesScaleNorm: the norm is a `ScaleNorm` and not a `LayerNorm`.
    ///   - shiftsTokens: the first half of the normalised channels comes from the step before.
    ///   - dropout: the share of the weights within groups that is dropped in training.
    public init(
        _ channels: Int, group: Int = 256, keyChannels: Int = 128, expansion: Int = 2, isCausal: Bool = false,
        activation: GatedAttentionActivation = .squaredReLU, positionBias: Bool = true, rotary: Bool = true,
        gamma: Initializer = .ones, usesScaleNorm: Bool = false, shiftsTokens: Bool = false,
        dropout: Double = 0, using generator: RandomGenerator = .default
    ) {
        checkProbability(dropout, "FLASH")
        if group < 1 { fail("FLASH", "groups of \(group) steps: there is 1 at least") }
        parts = GatedProjections(
            "FLASH", channels, keyChannels: keyChannels, expansion: expansion, branches: 4,
            usesScaleNorm: usesScaleNorm, rotary: rotary, gamma: gamma, shiftsTokens: shiftsTokens,
            using: generator)
        self.positionBias =
            positionBias ? RelativePositionBias(heads: 1, bidirectional: !isCausal, using: generator) : nil
        (self.activation, self.group, self.isCausal, self.dropout) = (activation, group, isCausal, dropout)
    }

    public override var members: [(name: String, member: Member)] {
        (parts.rotary.map { [("rotary_pos_emb", .module($0))] } ?? [])
            + (positionBias.map { [("rel_pos_bias", .module($0))] } ?? [])
            + [
                ("norm", .module(parts.norm)), ("to_hidden", .module(parts.toHidden)),
                ("to_qk", .module(parts.toQK)), ("qk_offset_scale", .module(parts.branches)),
                ("to_out", .module(parts.toOut)),
            ]
    }

    /// [batch, time, channels], in the same shape.
    public func forward(_ x: Tensor) -> Tensor { attend(x, nil) }

    /// A sequence some of whose steps are padding, in the parallel form.
    ///
    /// - Parameters:
    ///   - x: [batch, time, channels].
    ///   - keyMask: [batch, time], true for steps that take part; means still are over all steps.
    /// - Returns: in the shape of x.
    public func callAsFunction(
        _ x: Tensor, keyMask: Tensor?, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) { attend(x, keyMask) }
    }

    /// An empty group, and sums of 0.
    public func initialState(batch: Int) -> State {
        if !isCausal { fail("FLASH", "a layer that is not causal sees all steps, and goes not through them") }
        let weight = parts.toOut.weight.value
        let sums = withDevice(weight.device) {
            Tensor.zeros([batch, parts.keyChannels, parts.hidden], dtype: weight.dtype)
        }
        return State(
            keys: parts.nothing(batch, parts.keyChannels),
            linearKeys: parts.nothing(batch, parts.keyChannels),
            values: parts.nothing(batch, parts.hidden), sums: sums, groups: 0)
    }

    /// The results of the next steps, [batch, time, channels] both.
    public func advance(_ x: Tensor, _ state: inout State) -> Tensor {
        checkSequence(x, channels: parts.channels, "FLASH")
        checkState(state, x.shape[0])
        var known = state.keys.shape[1]
        let (values, gates, branches) = parts(x, from: state.groups * group + known, shifted: &state.shifted)
        var results: [Tensor] = []
        var start = 0
        while start < x.shape[1] {
            let count = min(group - known, x.shape[1] - start)
            func piece(_ x: Tensor) -> Tensor { x.narrow(axis: 1, start: start, count: count) }
            state.keys = .cat([state.keys, piece(branches[2])], axis: 1)
            state.linearKeys = .cat([state.linearKeys, piece(branches[3])], axis: 1)
            state.values = .cat([state.values, piece(values)], axis: 1)
            let local = weights(piece(branches[0]), state.keys, from: known).tril(known).matmul(state.values)
            results.append(local + piece(branches[1]).matmul(state.sums))
            (start, known) = (start + count, known + count)
            if known == group {
                state.sums =
                    state.sums + state.linearKeys.transpose(1, 2).matmul(state.values) * (1 / Double(group))
                let batch = x.shape[0]
                state.keys = parts.nothing(batch, parts.keyChannels)
                (state.linearKeys, state.values) = (state.keys, parts.nothing(batch, parts.hidden))
                (state.groups, known) = (state.groups + 1, 0)
            }
        }
        return results.isEmpty ? x : x + parts.toOut(gates * Tensor.cat(results, axis: 1))
    }

    private func attend(_ x: Tensor, _ keyMask: Tensor?) -> Tensor {
        checkSequence(x, channels: parts.channels, "FLASH")
        checkKeyMask(keyMask, x, "FLASH")
        if x.shape[1] == 0 { return x }
        if form == .recurrent && keyMask == nil { return advanced(x, by: 1) }
        if form == .chunked && keyMask == nil { return advanced(x, by: group) }
        var shifted: Tensor?
        let (values, gates, branches) = parts(x, from: 0, shifted: &shifted)
        // A sequence shorter than a group is one, of its own length.
        let size = min(group, x.shape[1])
        let padding = (size - x.shape[1] % size) % size
        let count = (x.shape[1] + padding) / size
        func grouped(_ x: Tensor) -> Tensor {
            (padding == 0 ? x : x.pad([(0, 0), (0, padding), (0, 0)]))
                .reshape([x.shape[0], count, size, x.shape[2]])
        }
        var linearKeys = branches[3]
        if let keyMask { linearKeys = linearKeys.maskedFill(keyMask.logicalNot().unsqueeze(2), 0) }
        let groups = grouped(values)
        var local = weights(grouped(branches[0]), grouped(branches[2]), from: 0)
        if isCausal { local = local.tril() }
        if let keyMask {
            let isPadding = grouped(keyMask.logicalNot().unsqueeze(2)).transpose(2, 3)
            local = local.maskedFill(isPadding, 0)
        }
        var sums = local.matmul(groups)
        if !isCausal {
            let context = linearKeys.transpose(1, 2).matmul(values) * (1 / Double(x.shape[1]))
            sums = sums + grouped(branches[1].matmul(context))
        } else if count > 1 {
            let contexts = grouped(linearKeys).transpose(2, 3).matmul(groups) * (1 / Double(group))
            // The sum of the groups before: none for the first.
            let before = contexts.narrow(axis: 1, start: 0, count: count - 1)
                .pad([(0, 0), (1, 0), (0, 0), (0, 0)]).cumulativeSum(axis: 1)
            sums = sums + grouped(branches[1]).matmul(before)
        }
        let mixed = sums.reshape([x.shape[0], count * size, parts.hidden])
            .narrow(axis: 1, start: 0, count: x.shape[1])
        return x + parts.toOut(gates * mixed)
    }

    /// f(q·kᵀ/g + bias) of queries that begin `start` steps after the first key, of which some are dropped in training.
    private func weights(_ query: Tensor, _ key: Tensor, from start: Int) -> Tensor {
        var scores = (query * (1 / Double(group))).matmul(key.transpose(-1, -2))
        if let positionBias {
            let bias = positionBias(
                queries: scores.shape[scores.rank - 2], keys: key.shape[key.rank - 2], from: start)
            scores = scores + bias * Double(parts.keyChannels).squareRoot()
        }
        let weights = activation(scores)
        return isTraining ? weights.dropout(dropout) : weights
    }

    private func checkState(_ state: State, _ batch: Int) {
        let known = state.keys.rank == 3 ? state.keys.shape[1] : 0
        let found = [state.keys.shape, state.linearKeys.shape, state.values.shape, state.sums.shape]
        let keys = [batch, known, parts.keyChannels]
        let wanted = [keys, keys, [batch, known, parts.hidden], [batch, parts.keyChannels, parts.hidden]]
        if found != wanted || known >= group {
            fail("FLASH", "a state of shapes \(found) in groups of \(group), where \(wanted) are wanted")
        }
    }

    private func checkForm() {
        form.check(among: isCausal ? [.parallel, .recurrent, .chunked] : [.parallel], "FLASH")
    }
}

import Apus
import Glibc

/// Retention in several heads: sums of values weighted by products of queries and keys, in which each head forgets at a pace of its
/// own (Sun et al. 2023, "Retentive Network: A Successor to Transformer for Large Language Models", section 2).
///
/// Sₜ = γ·Sₜ₋₁ + kₜ·vₜᵀ, yₜ = Sₜᵀ·qₜ with γ = 1 − 2^(−5−h) in head h, which is Σ γ^(t−s)·(qₜ·kₛ)·vₛ over s ≤ t. Queries and keys, these
/// times 1/√d, turn with the position; d is channels / heads. The heads' results are divided by the root of their mean square,
/// and the result is W_o·(SiLU(W_g·x) ⊙ y). Published code also divides the products by sums that the norm takes out again;
/// here they are as in the formulas. Sequences are [batch, time, channels].
///
/// State, with the names of torchscale: `q_proj.weight`, `k_proj.weight` [channels, channels], `v_proj.weight`, `g_proj.weight`
/// [valueChannels, channels], `out_proj.weight`.
public final class Retention: Module, StepwiseLayer {
    /// What is remembered between steps.
    public struct State {
        /// S, [batch, heads, channels / heads, valueChannels / heads].
        public var memory: Tensor
        /// The position of the next step.
        public var position: Int
        /// The half of the channels that the next step gets; nil before the first and without token shift.
        public var shifted: Tensor?
    }

    /// To queries.
    public let queryProjection: Linear
    /// To keys.
    public let keyProjection: Linear
    /// To values.
    public let valueProjection: Linear
    /// To gates.
    public let gateProjection: Linear
    /// Of the gated results.
    public let outProjection: Linear
    /// Heads, which share the channels.
    public let heads: Int
    /// Added to the mean square of a head's result.
    public let epsilon: Double
    /// Whether the first half of the input's channels comes from the step before.
    public let shiftsTokens: Bool
    /// How a whole sequence is computed: parallel, all pairs of steps at once; chunked, pairs within 64 steps; or recurrent.
    public var form: SequenceForm = .chunked {
        didSet { form.check(among: [.parallel, .recurrent, .chunked], "Retention") }
    }
    private let channels: Int
    private let valueChannels: Int

    /// - Parameters:
    ///   - channels: of the input and the result; those of a head are even.
    ///   - valueChannels: of values and gates, a multiple of the heads; twice the channels where it is nil.
    ///   - epsilon: added to the mean square of a head's result.
    ///   - shiftsTokens: the first half of the input's channels comes from the step before, as in `LinearAttention`.
    public init(
        _ channels: Int, heads: Int, valueChannels: Int? = nil, epsilon: Double = 1e-6,
        shiftsTokens: Bool = false, using generator: RandomGenerator = .default
    ) {
        let valueChannels = valueChannels ?? channels.multipliedClamped(by: 2)
        if channels < 1 || heads < 1 || valueChannels < 1 || channels % heads != 0
            || valueChannels % heads != 0 || channels / heads % 2 != 0
        {
            fail(
                "Retention",
                "\(channels) channels and \(valueChannels) of values in \(heads) heads: all are positive and multiples "
                    + "of the heads, and the channels of a head are even")
        }
        if !(epsilon >= 0) { fail("Retention", "an epsilon of \(epsilon): it is not below 0") }
        (self.channels, self.valueChannels, self.heads) = (channels, valueChannels, heads)
        (self.epsilon, self.shiftsTokens) = (epsilon, shiftsTokens)
        func projection(_ inputs: Int, _ outputs: Int, gain: Double) -> Linear {
            Tensor.checkShape([outputs, inputs], "Retention")
            let layer = Linear(inputs, outputs, bias: false, using: generator)
            layer.weight.value = Initializer.xavierUniform(gain: gain)([outputs, inputs], using: generator)
            return layer
        }
        let gain = pow(2, -2.5)
        queryProjection = projection(channels, channels, gain: gain)
        keyProjection = projection(channels, channels, gain: gain)
        valueProjection = projection(channels, valueChannels, gain: gain)
        gateProjection = projection(channels, valueChannels, gain: gain)
        outProjection = projection(valueChannels, channels, gain: 0.5)
    }

    public override var members: [(name: String, member: Member)] {
        [
            ("q_proj", .module(queryProjection)), ("k_proj", .module(keyProjection)),
            ("v_proj", .module(valueProjection)), ("g_proj", .module(gateProjection)),
            ("out_proj", .module(outProjection)),
        ]
    }

    /// Zeros, at position 0.
    public func initialState(batch: Int) -> State {
        let weight = keyProjection.weight.value
        return withDevice(weight.device) {
            State(memory: .zeros(stateShape(batch), dtype: weight.dtype), position: 0)
        }
    }

    /// The results of the next steps, [batch, time, channels] both.
    public func advance(_ x: Tensor, _ state: inout State) -> Tensor {
        checkSequence(x, channels: channels, "Retention")
        let wanted = stateShape(x.shape[0])
        if state.memory.shape != wanted {
            fail("Retention", "a state of shape \(state.memory.shape), where \(wanted) is wanted")
        }
        let input = shiftsTokens ? x.tokenShifted(after: &state.shifted, "Retention") : x
        func split(_ y: Tensor, _ size: Int) -> Tensor {
            y.reshape([x.shape[0], x.shape[1], heads, size]).transpose(1, 2)
        }
        let size = channels / heads
        let (query, key) = (split(queryProjection(input), size), split(keyProjection(input), size))
        // The last pair turns by t/10000 and not, as in RoFormer, a pair beyond it.
        let base = size > 2 ? pow(10_000, Double(size) / Double(size - 2)) : 10_000
        func turned(_ y: Tensor) -> Tensor { y.rotaryEmbedding(base: base, offset: state.position) }
        let logDecay = withDevice(x.device) {
            Tensor((0..<heads).map { log1p(-exp2(-5 - Double($0))) }, shape: [heads, 1], dtype: .float64)
                .to(query.dtype)
        }
        let (sums, last) = turned(query).linearAttention(
            form, key: turned(key * (1 / Double(size).squareRoot())),
            value: split(valueProjection(input), valueChannels / heads), logDecay: logDecay,
            initial: state.memory)
        (state.memory, state.position) = (last, state.position + x.shape[1])
        let normalized = sums.rmsNorm(epsilon: epsilon).transpose(1, 2)
            .reshape([x.shape[0], x.shape[1], valueChannels])
        return outProjection(gateProjection(input).silu() * normalized)
    }

    private func stateShape(_ batch: Int) -> Shape {
        [batch, heads, channels / heads, valueChannels / heads]
    }
}

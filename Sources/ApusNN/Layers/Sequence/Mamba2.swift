import Apus

/// A selective state space with one decay for each head, which is linear attention that forgets (Dao and Gu 2024, "Transformers are
/// SSMs: Generalized Models and Efficient Algorithms Through Structured State Space Duality", section 7).
///
/// [z | x | B | C | δ] = W_in·u; x, B and C go through a causal depthwise convolution and SiLU; Δ = softplus(δ + b) for each head.
/// Sₜ = e^(Δₜ·A)·Sₜ₋₁ + Δₜ·Bₜ·xₜᵀ and yₜ = Sₜᵀ·Cₜ + D·xₜ with A = −e^A_log, and the result is W_out·RMSNorm(y ⊙ SiLU(z)). The heads of
/// a group, which are neighbors, share B and C, and the norm's mean is over a group's channels. Sequences are [batch, time, channels].
/// Train A and D without weight decay.
///
/// ```swift
/// let layer = Mamba2(64, states: 32, headChannels: 16)
/// let y = layer(Tensor.normal([8, 1024, 64]))
/// ```
///
/// State, with the names of the authors' code, E being expansion · channels: `dt_bias`, `A_log`, `D` [heads], `in_proj.weight`,
/// `conv1d.weight` [E + 2·groups·states, 1, kernel], `conv1d.bias`, `norm.weight` [E], `out_proj.weight`.
public final class Mamba2: Module, StepwiseLayer {
    /// What is remembered between steps.
    public struct State {
        /// The last inputs of the convolution, [batch, kernel - 1, E + 2·groups·states].
        public var inputs: Tensor
        /// S, [batch, heads, states, headChannels].
        public var memory: Tensor
    }

    /// u to z, x, B, C and δ.
    public let inProjection: Linear
    /// Along time, of each channel of x, B and C by itself.
    public let convolution: Conv1d
    /// What is added to δ, [heads].
    public let stepBias: Parameter
    /// ln(-A), [heads].
    public let decayLogarithm: Parameter
    /// D, [heads].
    public let skip: Parameter
    /// Of the gated result, in each group by itself.
    public let norm: RMSNorm
    /// Back to the channels.
    public let outProjection: Linear
    /// How a whole sequence is computed: chunked, pairs of 64 steps at a time, or recurrent.
    public var form: SequenceForm = .chunked {
        didSet { form.check(among: [.recurrent, .chunked], "Mamba2") }
    }
    private let channels: Int
    private let states: Int
    private let heads: Int
    private let headChannels: Int
    private let groups: Int
    private let kernel: Int

    /// - Parameters:
    ///   - channels: of the input and the result.
    ///   - states: numbers that each inner channel remembers.
    ///   - headChannels: inner channels that have a decay in common; expansion · channels is a multiple.
    ///   - groups: pairs of B and C; the heads are a multiple.
    ///   - kernel: steps that the convolution sees.
    ///   - expansion: inner channels for each channel.
    ///   - steps: between which Δ starts.
    ///   - decays: between which -A starts.
    public init(
        _ channels: Int, states: Int = 128, headChannels: Int = 64, groups: Int = 1, kernel: Int = 4,
        expansion: Int = 2, steps: ClosedRange<Double> = 0.001...0.1,
        decays: ClosedRange<Double> = 1...16, using generator: RandomGenerator = .default
    ) {
        let inner = channels.multipliedClamped(by: expansion)
        if min(channels, states, headChannels, groups, kernel, expansion) < 1 || inner % headChannels != 0
            || inner / headChannels % groups != 0 || kernel > 1 << 30 || !(steps.lowerBound > 0)
            || !(decays.lowerBound > 0)
        {
            fail(
                "Mamba2",
                "\(channels) channels, \(expansion) inner ones for each, \(headChannels) in a head, \(groups) groups of "
                    + "\(states) states, a kernel of \(kernel), steps of \(steps) and decays of \(decays): all are "
                    + "positive, inner channels a multiple of a head's, and heads of the groups")
        }
        Tensor.checkShape([3, inner, channels], "Mamba2")
        Tensor.checkShape([groups, states, channels, 2], "Mamba2")
        Tensor.checkShape([inner, kernel], "Mamba2")
        (self.channels, self.states, self.groups, self.kernel) = (channels, states, groups, kernel)
        (heads, self.headChannels) = (inner / headChannels, headChannels)
        let mixed = inner + 2 * groups * states
        inProjection = Linear(channels, inner + mixed + heads, bias: false, using: generator)
        convolution = Conv1d(mixed, mixed, kernel: Extents(kernel), groups: mixed, using: generator)
        stepBias = Parameter(startingStepBias(heads, steps, generator))
        let rates = Tensor.uniform(
            [heads], low: decays.lowerBound, high: decays.upperBound, dtype: .float64, using: generator)
        decayLogarithm = Parameter(rates.log().to(.float32))
        skip = Parameter(.ones([heads]))
        norm = RMSNorm(inner, epsilon: 1e-5)
        outProjection = Linear(inner, channels, bias: false, using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        [
            ("dt_bias", .parameter(stepBias)), ("A_log", .parameter(decayLogarithm)), ("D", .parameter(skip)),
            ("in_proj", .module(inProjection)), ("conv1d", .module(convolution)), ("norm", .module(norm)),
            ("out_proj", .module(outProjection)),
        ]
    }

    /// Zeros.
    public func initialState(batch: Int) -> State {
        let dtype = skip.value.dtype
        return withDevice(skip.value.device) {
            State(
                inputs: .zeros(
                    [batch, kernel - 1, heads * headChannels + 2 * groups * states], dtype: dtype),
                memory: .zeros([batch, heads, states, headChannels], dtype: dtype))
        }
    }

    /// The results of the next steps, [batch, time, channels] both.
    public func advance(_ u: Tensor, _ state: inout State) -> Tensor {
        checkSequence(u, channels: channels, "Mamba2")
        check(state, u.shape[0])
        // The convolution has no kernel's length of inputs then.
        if u.shape[1] == 0 { return u }
        let (batch, time, inner, chosen) = (u.shape[0], u.shape[1], heads * headChannels, groups * states)
        let parts = inProjection(u).split(sizes: [inner, inner + 2 * chosen, heads], axis: -1)
        let met = Tensor.cat([state.inputs, parts[1]], axis: 1)
        state.inputs = met.narrow(axis: 1, start: time, count: kernel - 1)
        // Channels are last in memory, as the convolution has them.
        let mixed = convolution(met.transpose(1, 2)).silu().transpose(1, 2)
            .split(sizes: [inner, chosen, chosen], axis: -1)
        let x = mixed[0].reshape([batch, time, heads, headChannels]).transpose(1, 2)
        func shared(_ y: Tensor) -> Tensor {
            y.reshape([batch, time, groups, states]).transpose(1, 2).unsqueeze(2)
                .broadcast(to: [batch, groups, heads / groups, time, states])
                .reshape([batch, heads, time, states])
        }
        // [batch, heads, time]
        let step = (parts[2] + stepBias.value).softplus().transpose(1, 2)
        // Beyond e⁸⁰ a step forgets all as it is, and 0 times infinity would be no number.
        let rate = decayLogarithm.value.clamp(max: 80).exp().unsqueeze(-1)
        let (sums, last) = shared(mixed[2]).linearAttention(
            form, key: shared(mixed[1]), value: x * step.unsqueeze(-1), logDecay: -(step * rate),
            initial: state.memory)
        state.memory = last
        let y = (sums + x * skip.value.reshape([heads, 1, 1])).transpose(1, 2).reshape([batch, time, inner])
        return outProjection(normalized(y * parts[0].silu()))
    }

    /// RMSNorm over the channels of each group.
    private func normalized(_ y: Tensor) -> Tensor {
        if groups == 1 { return norm(y) }
        let parts = y.reshape([y.shape[0], y.shape[1], groups, y.shape[2] / groups])
        return parts.rmsNorm(epsilon: norm.epsilon).reshape(y.shape) * norm.weight!.value
    }

    private func check(_ state: State, _ batch: Int) {
        for (name, parameter) in [("dt_bias", stepBias), ("A_log", decayLogarithm), ("D", skip)]
        where parameter.shape != [heads] {
            fail("Mamba2", "\(name) of shape \(parameter.shape), where [\(heads)] is wanted")
        }
        let inner = heads * headChannels
        if norm.weight!.shape != [inner] {
            fail("Mamba2", "norm.weight of shape \(norm.weight!.shape), where [\(inner)] is wanted")
        }
        let wanted = [
            [batch, kernel - 1, inner + 2 * groups * states], [batch, heads, states, headChannels],
        ]
        if [state.inputs.shape, state.memory.shape] != wanted {
            fail(
                "Mamba2",
                "a state of shapes \(state.inputs.shape) and \(state.memory.shape), where \(wanted[0]) and "
                    + "\(wanted[1]) are wanted")
        }
    }
}

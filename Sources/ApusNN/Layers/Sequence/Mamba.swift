import Apus

/// A selective state space with a convolution before it and a gate after it (Gu and Dao 2023, "Mamba: Linear-Time Sequence
/// Modeling with Selective State Spaces", figure 3).
///
/// [x | z] = W_in·u of E = expansion · channels each; x goes through a causal depthwise convolution and SiLU and says its own step
/// Δ = softplus(W_Δ·δ + b), B and C, with [δ | B | C] = W_x·x; the result is W_out·((scan + D ⊙ x) ⊙ SiLU(z)).
/// Train A and D without weight decay.
///
/// State, with the names of the authors' code: `in_proj.weight`, `conv1d.weight` [E, 1, kernel], `conv1d.bias`, `x_proj.weight`,
/// `dt_proj.weight`, `dt_proj.bias`, `A_log` [E, states], `D` [E], `out_proj.weight`.
public final class Mamba: Module, StepwiseLayer {
    /// What is remembered between steps.
    public struct State {
        /// The last inputs of the convolution, [batch, kernel - 1, E].
        public var inputs: Tensor
        /// What the state space remembers, [batch, E, states].
        public var memory: Tensor
    }

    /// u to x and z.
    public let inProjection: Linear
    /// Along time, of each channel by itself.
    public let convolution: Conv1d
    /// x to δ, B and C.
    public let selection: Linear
    /// δ to Δ, before softplus.
    public let stepProjection: Linear
    /// ln(-A), [E, states].
    public let decayLogarithm: Parameter
    /// D, [E].
    public let skip: Parameter
    /// Back to the channels.
    public let outProjection: Linear
    private let channels: Int
    private let kernel: Int

    /// - Parameters:
    ///   - channels: of the input and the result.
    ///   - states: numbers that each inner channel remembers.
    ///   - kernel: steps that the convolution sees.
    ///   - expansion: inner channels for each channel.
    ///   - rank: of the steps; channels / 16, rounded up, where it is nil.
    ///   - steps: between which Δ starts.
    public init(
        _ channels: Int, states: Int = 16, kernel: Int = 4, expansion: Int = 2, rank: Int? = nil,
        steps: ClosedRange<Double> = 0.001...0.1, using generator: RandomGenerator = .default
    ) {
        let rank = rank ?? (channels + 15) / 16
        if min(channels, states, kernel, expansion, rank) < 1 || !(steps.lowerBound > 0) {
            fail(
                "Mamba",
                "\(channels) channels, \(states) states, a kernel of \(kernel), \(expansion) inner channels for each, "
                    + "rank \(rank) and steps of \(steps): all are positive")
        }
        let inner = expansion * channels
        (self.channels, self.kernel) = (channels, kernel)
        inProjection = Linear(channels, 2 * inner, bias: false, using: generator)
        convolution = Conv1d(inner, inner, kernel: Extents(kernel), groups: inner, using: generator)
        selection = Linear(inner, rank + 2 * states, bias: false, using: generator)
        stepProjection = Linear(rank, inner, using: generator)
        let bound = 1 / Double(rank).squareRoot()
        stepProjection.weight.value = .uniform([inner, rank], low: -bound, high: bound, using: generator)
        stepProjection.bias!.value = startingStepBias(inner, steps, generator)
        decayLogarithm = Parameter(
            (Tensor.arange(states).to(.float32) + 1).log().broadcast(to: [inner, states]).contiguous())
        skip = Parameter(.ones([inner]))
        outProjection = Linear(inner, channels, bias: false, using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        [
            ("in_proj", .module(inProjection)), ("conv1d", .module(convolution)),
            ("x_proj", .module(selection)), ("dt_proj", .module(stepProjection)),
            ("A_log", .parameter(decayLogarithm)), ("D", .parameter(skip)),
            ("out_proj", .module(outProjection)),
        ]
    }

    /// Zeros.
    public func initialState(batch: Int) -> State {
        checkParameters()
        let (inner, dtype) = (skip.shape[0], skip.value.dtype)
        return withDevice(skip.value.device) {
            State(
                inputs: .zeros([batch, kernel - 1, inner], dtype: dtype),
                memory: .zeros([batch, inner, decayLogarithm.shape[1]], dtype: dtype))
        }
    }

    /// The state is the convolution's last inputs and what the state space remembers.
    public func advance(_ u: Tensor, _ state: inout State) -> Tensor {
        if u.rank != 3 || u.shape[2] != channels {
            fail("Mamba", "an input of shape \(u.shape): it takes [batch, time, \(channels)]")
        }
        checkParameters()
        let inner = skip.shape[0]
        let wanted = [[u.shape[0], kernel - 1, inner], [u.shape[0]] + decayLogarithm.shape]
        if [state.inputs.shape, state.memory.shape] != wanted {
            fail(
                "Mamba",
                "a state of shapes \(state.inputs.shape) and \(state.memory.shape), where \(wanted[0]) and "
                    + "\(wanted[1]) are wanted")
        }
        let parts = inProjection(u).chunk(2, axis: -1)
        // Channels are last in memory, as the convolution has them.
        let met = Tensor.cat([state.inputs, parts[0]], axis: 1)
        let x = convolution(met.transpose(1, 2)).silu().transpose(1, 2)
        let (rank, states) = (stepProjection.weight.shape[1], decayLogarithm.shape[1])
        let chosen = selection(x).split(sizes: [rank, states, states], axis: -1)
        let (y, memory) = x.selectiveScan(
            step: stepProjection(chosen[0]).softplus(), decay: -decayLogarithm.value.exp(), input: chosen[1],
            output: chosen[2], initial: state.memory)
        let kept = met.narrow(axis: 1, start: u.shape[1], count: kernel - 1)
        state = State(inputs: kept, memory: memory)
        return outProjection((y + skip.value * x) * parts[1].silu())
    }

    private func checkParameters() {
        for (name, parameter, rank) in [
            ("A_log", decayLogarithm, 2), ("D", skip, 1), ("dt_proj.weight", stepProjection.weight, 2),
        ] where parameter.shape.count != rank {
            fail(
                "Mamba", "\(name) of shape \(parameter.shape): it has \(rank) \(rank == 1 ? "axis" : "axes")")
        }
    }
}

import Apus

/// A structured state space for each channel, and a mixing of channels (Gu et al. 2022, "Efficiently Modeling Long Sequences
/// with Structured State Spaces").
///
/// GLU(W·dropout(GELU(K∗u + D·u)) + b), where K is the kernel of a state space with HiPPO's LegS matrix at the start
/// (`S4Kernel`). Sequences are [batch, time, channels], where the authors' have time last, and no longer than the kernel was
/// prepared for. Dropout takes whole channels, the same for all times. `S4D` is simpler and mostly as good.
///
/// State: `layer.D` [1, channels], `layer.kernel.…`, `output_linear.0.weight` [2·channels, channels] and
/// `output_linear.0.bias`, as in the authors' full S4.
public final class S4: Module, StepwiseLayer {
    /// D, [1, channels], normal at first.
    public let skip: Parameter
    /// What makes K.
    public let kernel: S4Kernel
    /// The mixing of channels, and GLU.
    public let outputLinear: Sequential
    /// The probability with which a channel is zero in training.
    public let dropout: Double
    /// How a whole sequence is computed: as a `convolution` or `recurrent`.
    public var form = SequenceForm.convolution {
        didSet { form.check(among: [.convolution, .recurrent], "S4") }
    }
    /// The names of the authors have a module between.
    private let layer: Inner

    private final class Inner: Module {
        let skip: Parameter
        let kernel: S4Kernel

        init(_ skip: Parameter, _ kernel: S4Kernel) { (self.skip, self.kernel) = (skip, kernel) }

        override var members: [(name: String, member: Member)] {
            [("D", .parameter(skip)), ("kernel", .module(kernel))]
        }
    }

    /// - Parameters:
    ///   - channels: of the input and of the result.
    ///   - length: the longest sequence.
    ///   - states: N, even: the numbers that are remembered for each channel.
    ///   - isTied: whether all channels have one A and B.
    ///   - steps: the shortest and the longest Δ at the start; a channel remembers about 1/Δ steps.
    ///   - usesSoftplus: makes Δ by softplus and not by the exponential function, as the authors' configurations do.
    ///   - dtype: float32 or float64.
    public init(
        _ channels: Int, length: Int, states: Int = 64, isTied: Bool = true,
        steps: ClosedRange<Double> = 1e-3...1e-1, usesSoftplus: Bool = false, dropout: Double = 0,
        dtype: DType = .float32, using generator: RandomGenerator = .default
    ) {
        checkProbability(dropout, "S4")
        kernel = S4Kernel(
            channels, length: length, states: states, isTied: isTied, steps: steps,
            usesSoftplus: usesSoftplus,
            dtype: dtype, using: generator)
        skip = Parameter(.normal([1, channels], dtype: dtype, using: generator))
        outputLinear = Sequential(
            Linear(channels, 2 * channels, dtype: dtype, using: generator), GLU())
        self.dropout = dropout
        layer = Inner(skip, kernel)
    }

    override public var members: [(name: String, member: Member)] {
        [("layer", .module(layer)), ("output_linear", .module(outputLinear))]
    }

    /// [batch, time, channels], in the same shape.
    public func forward(_ x: Tensor) -> Tensor {
        let u = checked(x)
        if form == .recurrent {
            var state = initialState(batch: x.shape[0])
            return finished(recurred(u, &state), u)
        }
        return finished(u.causalConvolution(kernel: kernel(length: u.shape[2])), u)
    }

    /// The numbers that are remembered, and the matrices of a step, which are made once.
    public struct State {
        /// [batch, channels, N].
        public var memory: Tensor
        let steps: S4Kernel.Steps
    }

    /// Zeros, and the matrices that the parameters make now.
    public func initialState(batch: Int) -> State {
        let memory = withDevice(skip.value.device) {
            Tensor.zeros([batch, kernel.channels, kernel.states], dtype: skip.value.dtype)
        }
        return State(memory: memory, steps: kernel.steps())
    }

    /// Step after step.
    public func advance(_ x: Tensor, _ state: inout State) -> Tensor {
        let u = checked(x)
        let wanted = [x.shape[0], kernel.channels, kernel.states]
        if state.memory.shape != wanted {
            fail("S4", "a state of shape \(state.memory.shape), where \(wanted) is wanted")
        }
        return finished(recurred(u, &state), u)
    }

    /// The input in the layer's type, [batch, channels, time].
    private func checked(_ x: Tensor) -> Tensor {
        if x.rank != 3 || x.shape[2] != kernel.channels || x.shape[1] == 0 || x.dtype.isComplex {
            fail(
                "S4",
                "\(x.dtype) input of shape \(x.shape): it takes real [batch, time, \(kernel.channels)], of 1 step or more"
            )
        }
        return x.to(DType.promote(x.dtype, skip.value.dtype)).transpose(1, 2)
    }

    /// x ← Āx + B̄u, y = Cx.
    private func recurred(_ u: Tensor, _ state: inout State) -> Tensor {
        let steps = state.steps
        let outputs = u.unbind(axis: 2).map { u in
            let moved = steps.a.matmul(state.memory.unsqueeze(-1)).squeeze(axis: -1)
            state.memory = moved + u.unsqueeze(-1) * steps.b
            return (state.memory * steps.c).sum(axis: -1)
        }
        return Tensor.stack(outputs, axis: 2)
    }

    /// What comes after the state space, [batch, time, channels].
    private func finished(_ y: Tensor, _ u: Tensor) -> Tensor {
        let active = (y + skip.value.unsqueeze(-1) * u).gelu()
        return outputLinear((isTraining ? active.channelDropout(dropout) : active).transpose(1, 2))
    }
}

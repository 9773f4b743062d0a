import Apus

/// A diagonal state space for each channel, and a mixing of channels (Gu et al. 2022, "On the Parameterization and
/// Initialization of Diagonal State Space Models").
///
/// GLU(W·dropout(GELU(K∗u + D·u)) + b), where K is the kernel of x ← Āx + B̄u, y = 2·Re(Cx) (`S4DKernel`). Sequences are
/// [batch, time, channels]; the authors' have time last. Dropout takes whole channels, the same for all times.
///
/// A whole sequence is a convolution or a recurrence; step by step N numbers are remembered for each channel. Train `log_dt`, `log_A_real` and `A_imag` with a learning rate of at most 1e-3 and no weight
/// decay.
///
/// ```swift
/// let layer = S4D(64)
/// let y = layer(Tensor.normal([8, 1024, 64]))
/// var state = layer.initialState(batch: 8)
/// let first = layer.step(Tensor.normal([8, 64]), &state)
/// ```
///
/// State: `D`, `kernel.C`, `kernel.log_dt`, `kernel.log_A_real`, `kernel.A_imag`, `output_linear.0.weight` [2·channels,
/// channels, 1] and `output_linear.0.bias`, as in the minimal S4D of the authors.
public final class S4D: Module, StepwiseLayer {
    /// D, [channels], normal at first.
    public let skip: Parameter
    /// What makes K.
    public let kernel: S4DKernel
    /// The mixing of channels, and GLU.
    public let outputLinear: Sequential
    /// The probability with which a channel is zero in training.
    public let dropout: Double
    /// How a sequence of more than one step is computed: as a `convolution` or `recurrent`.
    public var form = SequenceForm.convolution {
        didSet { form.check(among: [.convolution, .recurrent], "S4D") }
    }

    /// - Parameters:
    ///   - channels: of the input and of the result.
    ///   - states: N, even: the numbers that are remembered for each channel.
    ///   - steps: the shortest and the longest Δ at the start; a channel remembers about 1/Δ steps.
    ///   - dtype: float32 or float64.
    public init(
        _ channels: Int, states: Int = 64, initialization: S4DInitialization = .lin,
        steps: ClosedRange<Double> = 1e-3...1e-1, dropout: Double = 0, dtype: DType = .float32,
        using generator: RandomGenerator = .default
    ) {
        checkProbability(dropout, "S4D")
        kernel = S4DKernel(
            channels, states: states, initialization: initialization, steps: steps, dtype: dtype,
            using: generator)
        skip = Parameter(.normal([channels], dtype: dtype, using: generator))
        outputLinear = Sequential(
            Conv1d(channels, 2 * channels, kernel: 1, dtype: dtype, using: generator), GLU(axis: 1))
        self.dropout = dropout
    }

    override public var members: [(name: String, member: Member)] {
        [("D", .parameter(skip)), ("kernel", .module(kernel)), ("output_linear", .module(outputLinear))]
    }

    /// [batch, time, channels], in the same shape.
    public func forward(_ x: Tensor) -> Tensor {
        let u = checked(x)
        let parts = kernel.parts()
        return finished(
            form == .convolution ? convolved(u, nil, parts).y : recurred(u, nil, parts).y, u)
    }

    /// The numbers that are remembered, and the matrices of a step, which are made once.
    public struct State {
        /// Complex [batch, channels, N/2].
        public var memory: Tensor
        let parts: S4DKernel.Parts
    }

    /// Zeros, and the matrices that the parameters make now.
    public func initialState(batch: Int) -> State {
        let memory = withDevice(skip.value.device) {
            Tensor.zeros(
                [batch, kernel.channels, kernel.states / 2], dtype: skip.value.dtype.complexType)
        }
        return State(memory: memory, parts: kernel.parts())
    }

    /// One step is a recurrence whatever the form.
    public func advance(_ x: Tensor, _ state: inout State) -> Tensor {
        let u = checked(x)
        let wanted = [x.shape[0], kernel.channels, kernel.states / 2]
        if state.memory.shape != wanted {
            fail("S4D", "a state of shape \(state.memory.shape), where \(wanted) is wanted")
        }
        let isConvolution = form == .convolution && u.shape[2] > 1
        let (y, last) =
            isConvolution
            ? convolved(u, state.memory, state.parts) : recurred(u, state.memory, state.parts)
        state.memory = last()
        return finished(y, u)
    }

    /// The input in the layer's type, [batch, channels, time].
    private func checked(_ x: Tensor) -> Tensor {
        if x.rank != 3 || x.shape[2] != kernel.channels || x.shape[1] == 0 || x.dtype.isComplex {
            fail(
                "S4D",
                "\(x.dtype) input of shape \(x.shape): it takes real [batch, time, \(kernel.channels)], of 1 step or more"
            )
        }
        return x.to(DType.promote(x.dtype, skip.value.dtype)).transpose(1, 2)
    }

    private func convolved(
        _ u: Tensor, _ state: Tensor?, _ parts: S4DKernel.Parts
    ) -> (y: Tensor, last: () -> Tensor) {
        let length = u.shape[2]
        let (modes, a, b, c) = parts
        var y = u.causalConvolution(kernel: modes.sums(c * b, length: length))
        if let state { y = y + modes.sums(c * a * state, length: length) }
        func last() -> Tensor {
            let added = modes.leftovers(of: u) * b
            return state.map { $0 * (modes.exponents * length).exp() + added } ?? added
        }
        return (y, last)
    }

    private func recurred(
        _ u: Tensor, _ state: Tensor?, _ parts: S4DKernel.Parts
    ) -> (y: Tensor, last: () -> Tensor) {
        let (_, a, b, c) = parts
        let inputs = u.unsqueeze(-1) * b.unsqueeze(1)
        let states = inputs.linearRecurrence(
            decay: a.unsqueeze(1), initial: state?.to(inputs.dtype), axis: 2)
        let y = (states * c.unsqueeze(1)).real.sum(axis: -1) * 2
        return (y, { states.narrow(axis: 2, start: u.shape[2] - 1, count: 1).squeeze(axis: 2) })
    }

    /// What comes after the state space, [batch, time, channels].
    private func finished(_ y: Tensor, _ u: Tensor) -> Tensor {
        let active = (y + skip.value.unsqueeze(-1) * u).gelu()
        return outputLinear(isTraining ? active.channelDropout(dropout) : active).transpose(1, 2)
    }
}

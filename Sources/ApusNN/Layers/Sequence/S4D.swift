import Apus

/// A diagonal state space for each channel, and a mixing of channels (Gu et al. 2022, "On the Parameterization and
/// Initialization of Diagonal State Space Models").
///
/// GLU(W·dropout(GELU(K∗u + D·u)) + b), where K is the kernel of x ← Āx + B̄u, y = 2·Re(Cx) (`S4DKernel`). Sequences are
/// [batch, channels, time]. Dropout takes whole channels, the same for all times.
///
/// A whole sequence is a convolution or a recurrence, and can go on from a state; `step` takes one step after the other with N
/// numbers for each channel. Train `log_dt`, `log_A_real` and `A_imag` with a learning rate of at most 1e-3 and no weight
/// decay.
///
/// ```swift
/// let layer = S4D(64)
/// let y = layer(Tensor.normal([8, 64, 1024]))
/// var state = layer.initialState(batch: 8)
/// let first = layer.step(Tensor.normal([8, 64]), &state)
/// ```
///
/// State: `D`, `kernel.C`, `kernel.log_dt`, `kernel.log_A_real`, `kernel.A_imag`, `output_linear.0.weight` [2·channels,
/// channels, 1] and `output_linear.0.bias`, as in the minimal S4D of the authors.
public final class S4D: Module, Layer, StepwiseLayer {
    /// D, [channels], normal at first.
    public let skip: Parameter
    /// What makes K.
    public let kernel: S4DKernel
    /// The mixing of channels, and GLU.
    public let outputLinear: Sequential
    /// The probability with which a channel is zero in training.
    public let dropout: Double
    /// How a whole sequence is computed where the call does not say.
    public var form = StateSpaceForm.convolution

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

    /// [batch, channels, time], in the same shape.
    public func forward(_ x: Tensor) -> Tensor {
        let u = checked(x)
        let y = form == .convolution ? convolved(u, nil).y : recurred(u, nil).y
        return finished(y, u)
    }

    /// A sequence, or a part of one that begins where another ended.
    ///
    /// - Parameters:
    ///   - x: [batch, channels, time].
    ///   - state: complex [batch, channels, N/2], after the step before the first; nil stands for 0.
    ///   - form: nil is the layer's own.
    /// - Returns: the result in the shape of x, and the state after the last step.
    public func callAsFunction(
        _ x: Tensor, state: Tensor?, form: StateSpaceForm? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> (output: Tensor, state: Tensor) {
        called(file: file, line: line) {
            let u = checked(x)
            let wanted = [x.shape[0], kernel.channels, kernel.states / 2]
            if let state, state.shape != wanted {
                fail("S4D", "a state of shape \(state.shape), where \(wanted) is wanted")
            }
            let (y, last) = (form ?? self.form) == .convolution ? convolved(u, state) : recurred(u, state)
            return (finished(y, u), last())
        }
    }

    /// Zeros, complex [batch, channels, N/2].
    public func initialState(batch: Int) -> Tensor {
        withDevice(skip.value.device) {
            .zeros([batch, kernel.channels, kernel.states / 2], dtype: skip.value.dtype.complexType)
        }
    }

    /// [batch, channels] of one time, in the same shape.
    public func step(_ x: Tensor, _ state: inout Tensor) -> Tensor {
        let u = checked(x.unsqueeze(-1))
        let (_, a, b, c) = kernel.parts()
        state = state * a + u * b
        let y = (state * c).real.sum(axis: -1, keepDims: true) * 2
        return outputLinear((y + skip.value.unsqueeze(-1) * u).gelu()).squeeze(axis: -1)
    }

    private func checked(_ x: Tensor) -> Tensor {
        if x.rank != 3 || x.shape[1] != kernel.channels || x.shape[2] == 0 || x.dtype.isComplex {
            fail(
                "S4D",
                "\(x.dtype) input of shape \(x.shape): it takes real [batch, \(kernel.channels), time], of 1 step or more"
            )
        }
        return x.to(DType.promote(x.dtype, skip.value.dtype))
    }

    private func convolved(_ u: Tensor, _ state: Tensor?) -> (y: Tensor, last: () -> Tensor) {
        let length = u.shape[2]
        let (modes, a, b, c) = kernel.parts()
        var y = u.causalConvolution(kernel: modes.sums(c * b, length: length))
        if let state { y = y + modes.sums(c * a * state, length: length) }
        func last() -> Tensor {
            let added = modes.leftovers(of: u) * b
            return state.map { $0 * (modes.exponents * length).exp() + added } ?? added
        }
        return (y, last)
    }

    private func recurred(_ u: Tensor, _ state: Tensor?) -> (y: Tensor, last: () -> Tensor) {
        let (_, a, b, c) = kernel.parts()
        let inputs = u.unsqueeze(-1) * b.unsqueeze(1)
        let states = inputs.linearRecurrence(
            decay: a.unsqueeze(1), initial: state?.to(inputs.dtype), axis: 2)
        let y = (states * c.unsqueeze(1)).real.sum(axis: -1) * 2
        return (y, { states.narrow(axis: 2, start: u.shape[2] - 1, count: 1).squeeze(axis: 2) })
    }

    /// What comes after the state space.
    private func finished(_ y: Tensor, _ u: Tensor) -> Tensor {
        let active = (y + skip.value.unsqueeze(-1) * u).gelu()
        return outputLinear(isTraining ? active.channelDropout(dropout) : active)
    }
}

import Apus

/// A structured state space for each channel, and a mixing of channels (Gu et al. 2022, "Efficiently Modeling Long Sequences
/// with Structured State Spaces").
///
/// GLU(W·dropout(GELU(K∗u + D·u)) + b), where K is the kernel of a state space with HiPPO's LegS matrix at the start
/// (`S4Kernel`). Sequences are [batch, channels, time], no longer than the kernel was prepared for. Dropout takes whole
/// channels, the same for all times. `S4D` is simpler and mostly as good.
///
/// State: `layer.D` [1, channels], `layer.kernel.…`, `output_linear.0.weight` [2·channels, channels] and
/// `output_linear.0.bias`, as in the authors' full S4.
public final class S4: Module, Layer, StepwiseLayer {
    /// D, [1, channels], normal at first.
    public let skip: Parameter
    /// What makes K.
    public let kernel: S4Kernel
    /// The mixing of channels, and GLU.
    public let outputLinear: Sequential
    /// The probability with which a channel is zero in training.
    public let dropout: Double
    /// How a whole sequence is computed.
    public var form = StateSpaceForm.convolution
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

    /// [batch, channels, time], in the same shape.
    public func forward(_ x: Tensor) -> Tensor {
        let u = checked(x)
        if form == .recurrent { return finished(recurred(u, nil).y, u) }
        return finished(u.causalConvolution(kernel: kernel(length: u.shape[2])), u)
    }

    /// A sequence, or a part of one that begins where another ended, step after step.
    ///
    /// - Parameters:
    ///   - x: [batch, channels, time].
    ///   - state: [batch, channels, N], after the step before the first; nil stands for 0.
    /// - Returns: the result in the shape of x, and the state after the last step.
    public func callAsFunction(
        _ x: Tensor, state: Tensor?, file: StaticString = #fileID, line: UInt = #line
    ) -> (output: Tensor, state: Tensor) {
        called(file: file, line: line) {
            let u = checked(x)
            let wanted = [x.shape[0], kernel.channels, kernel.states]
            if let state, state.shape != wanted {
                fail("S4", "a state of shape \(state.shape), where \(wanted) is wanted")
            }
            let (y, last) = recurred(u, state)
            return (finished(y, u), last)
        }
    }

    /// The numbers that are remembered, and the matrices of a step, which are made once.
    public struct State {
        /// [batch, channels, N].
        public var memory: Tensor
        let steps: S4Kernel.Steps
    }

    /// Zeros, and the matrices that the parameters make now.
    public func initialState(batch: Int) -> State {
        State(memory: zeros(batch), steps: kernel.steps())
    }

    /// [batch, channels] of one time, in the same shape.
    public func step(_ x: Tensor, _ state: inout State) -> Tensor {
        let u = checked(x.unsqueeze(-1))
        let y = S4.step(u.squeeze(axis: -1), &state.memory, state.steps).unsqueeze(-1)
        return mixed((y + skip.value.unsqueeze(-1) * u).gelu()).squeeze(axis: -1)
    }

    private func zeros(_ batch: Int) -> Tensor {
        withDevice(skip.value.device) {
            .zeros([batch, kernel.channels, kernel.states], dtype: skip.value.dtype)
        }
    }

    private func checked(_ x: Tensor) -> Tensor {
        if x.rank != 3 || x.shape[1] != kernel.channels || x.shape[2] == 0 || x.dtype.isComplex {
            fail(
                "S4",
                "\(x.dtype) input of shape \(x.shape): it takes real [batch, \(kernel.channels), time], of 1 step or more"
            )
        }
        return x.to(DType.promote(x.dtype, skip.value.dtype))
    }

    private func recurred(_ u: Tensor, _ state: Tensor?) -> (y: Tensor, last: Tensor) {
        let steps = kernel.steps()
        var memory = state ?? zeros(u.shape[0])
        let outputs = u.unbind(axis: 2).map { S4.step($0, &memory, steps) }
        return (Tensor.stack(outputs, axis: 2), memory)
    }

    /// x ← Āx + B̄u, y = Cx for u [batch, channels].
    private static func step(_ u: Tensor, _ memory: inout Tensor, _ steps: S4Kernel.Steps) -> Tensor {
        memory = steps.a.matmul(memory.unsqueeze(-1)).squeeze(axis: -1) + u.unsqueeze(-1) * steps.b
        return (memory * steps.c).sum(axis: -1)
    }

    /// What comes after the state space.
    private func finished(_ y: Tensor, _ u: Tensor) -> Tensor {
        let active = (y + skip.value.unsqueeze(-1) * u).gelu()
        return mixed(isTraining ? active.channelDropout(dropout) : active)
    }

    private func mixed(_ y: Tensor) -> Tensor { outputLinear(y.transpose(1, 2)).transpose(1, 2) }
}

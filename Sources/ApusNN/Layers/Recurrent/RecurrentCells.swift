import Apus

/// What the cells share: one step of a recurrent layer, with parameters by PyTorch's names, uniform in ±1/√hidden.
///
/// Inputs are [batch, inputs] or [inputs], states [batch, hidden] or [hidden].
public class RecurrentStep: Module {
    /// Features of the input.
    public let inputs: Int
    /// Features of the states.
    public let hidden: Int
    /// W, [gates · hidden, inputs].
    public let inputWeight: Parameter
    /// U, [gates · hidden, hidden].
    public let hiddenWeight: Parameter
    /// b, [gates · hidden]; nil for a cell without.
    public let inputBias: Parameter?
    /// c, [gates · hidden]; nil for a cell without.
    public let hiddenBias: Parameter?

    fileprivate init(
        _ operation: String, gates: Int, _ inputs: Int, _ hidden: Int, bias: Bool, dtype: DType,
        using generator: RandomGenerator
    ) {
        if Swift.min(inputs, hidden) < 1 {
            fail(operation, "\(inputs) inputs and \(hidden) hidden units make no cell")
        }
        if !dtype.isDifferentiable || dtype.isComplex {
            fail(operation, "weights of \(dtype): they are real floating-point numbers")
        }
        Tensor.checkShape([gates, hidden, max(inputs, hidden)], operation)
        let bound = 1 / Double(hidden).squareRoot()
        func parameter(_ name: String, _ shape: Shape) -> Parameter {
            Parameter(.uniform(shape, low: -bound, high: bound, dtype: dtype, using: generator), name: name)
        }
        self.inputs = inputs
        self.hidden = hidden
        inputWeight = parameter("weight_ih", [gates * hidden, inputs])
        hiddenWeight = parameter("weight_hh", [gates * hidden, hidden])
        inputBias = bias ? parameter("bias_ih", [gates * hidden]) : nil
        hiddenBias = bias ? parameter("bias_hh", [gates * hidden]) : nil
    }

    /// A sequence of one step, and states with a batch, of what may have none.
    fileprivate func batched(_ operation: String, _ x: Tensor, _ states: [Tensor?], _ site: CallSite) -> (
        x: Tensor, states: [Tensor?], isBatched: Bool
    ) {
        if x.rank != 1 && x.rank != 2 || x.shape[x.rank - 1] != inputs {
            fail(
                operation, "an input of shape \(x.shape): it takes [batch, \(inputs)] or [\(inputs)]",
                at: site)
        }
        let isBatched = x.rank == 2
        let wanted = isBatched ? [x.shape[0], hidden] : [hidden]
        for case let state? in states where state.shape != wanted {
            fail(operation, "a state of shape \(state.shape), where \(wanted) is wanted", at: site)
        }
        let x = isBatched ? x : x.unsqueeze(0)
        return (x.unsqueeze(0), isBatched ? states : states.map { $0?.unsqueeze(0) }, isBatched)
    }
}

/// One step of a plain recurrent network; see `RNN`.
///
/// State: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, as `torch.nn.RNNCell` has them.
public final class RNNCell: RecurrentStep {
    /// What the hidden state goes through.
    public let nonlinearity: RNNNonlinearity

    /// - Parameter dtype: a real floating-point type.
    public init(
        _ inputs: Int, _ hidden: Int, bias: Bool = true, nonlinearity: RNNNonlinearity = .tanh,
        dtype: DType = .float32, using generator: RandomGenerator = .default
    ) {
        self.nonlinearity = nonlinearity
        super.init("RNNCell", gates: 1, inputs, hidden, bias: bias, dtype: dtype, using: generator)
    }

    /// The next hidden state.
    ///
    /// - Parameter state: the hidden state before; nil stands for 0.
    public func callAsFunction(
        _ x: Tensor, state: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            let (x, states, isBatched) = batched("RNNCell", x, [state], CallSite(file: file, line: line))
            let next = x.rnn(
                inputWeight: inputWeight.value, hiddenWeight: hiddenWeight.value, inputBias: inputBias?.value,
                hiddenBias: hiddenBias?.value, nonlinearity: nonlinearity, state: states[0]
            ).state
            return isBatched ? next : next.squeeze(axis: 0)
        }
    }
}

/// One step of a long short-term memory; see `LSTM`.
///
/// State: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, as `torch.nn.LSTMCell` has them.
public final class LSTMCell: RecurrentStep {
    /// - Parameter dtype: a real floating-point type.
    public init(
        _ inputs: Int, _ hidden: Int, bias: Bool = true, dtype: DType = .float32,
        using generator: RandomGenerator = .default
    ) {
        super.init("LSTMCell", gates: 4, inputs, hidden, bias: bias, dtype: dtype, using: generator)
    }

    /// The next hidden and cell state.
    ///
    /// - Parameter state: those before; nil stands for 0.
    public func callAsFunction(
        _ x: Tensor, state: (hidden: Tensor, cell: Tensor)? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> (hidden: Tensor, cell: Tensor) {
        called(file: file, line: line) {
            let (x, states, isBatched) = batched(
                "LSTMCell", x, [state?.hidden, state?.cell], CallSite(file: file, line: line))
            let (h, c) = x.lstm(
                inputWeight: inputWeight.value, hiddenWeight: hiddenWeight.value, inputBias: inputBias?.value,
                hiddenBias: hiddenBias?.value, state: state == nil ? nil : (states[0]!, states[1]!)
            ).state
            return isBatched ? (h, c) : (h.squeeze(axis: 0), c.squeeze(axis: 0))
        }
    }
}

/// One step of gated recurrent units; see `GRU`.
///
/// State: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, as `torch.nn.GRUCell` has them.
public final class GRUCell: RecurrentStep {
    /// - Parameter dtype: a real floating-point type.
    public init(
        _ inputs: Int, _ hidden: Int, bias: Bool = true, dtype: DType = .float32,
        using generator: RandomGenerator = .default
    ) {
        super.init("GRUCell", gates: 3, inputs, hidden, bias: bias, dtype: dtype, using: generator)
    }

    /// The next hidden state.
    ///
    /// - Parameter state: the hidden state before; nil stands for 0.
    public func callAsFunction(
        _ x: Tensor, state: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            let (x, states, isBatched) = batched("GRUCell", x, [state], CallSite(file: file, line: line))
            let next = x.gru(
                inputWeight: inputWeight.value, hiddenWeight: hiddenWeight.value, inputBias: inputBias?.value,
                hiddenBias: hiddenBias?.value, state: states[0]
            ).state
            return isBatched ? next : next.squeeze(axis: 0)
        }
    }
}

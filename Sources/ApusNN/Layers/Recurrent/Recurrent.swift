import Apus

/// What the recurrent layers share: sizes, parameters by PyTorch's names, and the walk over layers and directions.
///
/// Sequences are [time, batch, features], with `batchFirst` [batch, time, features], or [time, features] of a single one.
/// All weights and biases start uniform in ±1/√hidden, as PyTorch's.
///
/// Sequences of unequal length are padded to one tensor and called with `lengths`: what comes after a sequence's end is
/// not read, its outputs there are 0, its last states are those at its end, and the backward direction begins there. That is
/// what `pack_padded_sequence` and `pad_packed_sequence` do in PyTorch, in any order of lengths.
public class Recurrent: Module {
    /// Features of the sequence at each time step.
    public let inputs: Int
    /// Features of the states, and without a projection of the result in each direction.
    public let hidden: Int
    /// The number of layers, each of which runs on the result of the one before.
    public let layers: Int
    /// Whether each layer also runs from the last time step to the first, which doubles the features of its result.
    public let isBidirectional: Bool
    /// Whether sequences are [batch, time, features] and not [time, batch, features].
    public let batchFirst: Bool
    /// The probability with which an element of the result of a layer is zero in training, for all layers but the last.
    public let dropout: Double
    /// Features of an LSTM's hidden states where they are projected to fewer; nil where they are not.
    public let projection: Int?
    /// `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, `weight_hr_l0` as far as there are such, then
    /// `…_l0_reverse`, then those of the next layer.
    public let weights: [Parameter]
    private let hasBias: Bool

    fileprivate init(
        _ operation: String, gates: Int, _ inputs: Int, _ hidden: Int, layers: Int, bias: Bool,
        batchFirst: Bool, dropout: Double, bidirectional: Bool, projection: Int? = nil, dtype: DType,
        using generator: RandomGenerator
    ) {
        if Swift.min(inputs, hidden, layers) < 1 {
            fail(operation, "\(inputs) inputs, \(hidden) hidden units and \(layers) layers make no layer")
        }
        if let projection, !(1..<hidden).contains(projection) {
            fail(
                operation,
                "a projection to \(projection) of \(hidden) hidden units: it has 1 or more, and fewer")
        }
        checkProbability(dropout, operation)
        if !dtype.isDifferentiable || dtype.isComplex {
            fail(operation, "weights of \(dtype): they are real floating-point numbers")
        }
        Tensor.checkShape([2 * gates, layers, hidden, max(inputs, hidden)], operation)
        self.inputs = inputs
        self.hidden = hidden
        self.layers = layers
        self.batchFirst = batchFirst
        self.dropout = dropout
        self.projection = projection
        isBidirectional = bidirectional
        hasBias = bias
        let directions = bidirectional ? 2 : 1
        let output = projection ?? hidden
        var weights: [Parameter] = []
        for layer in 0..<layers {
            for direction in 0..<directions {
                func add(_ name: String, _ shape: Shape) {
                    let suffix = "l\(layer)" + (direction == 1 ? "_reverse" : "")
                    weights.append(
                        Recurrent.parameter(shape, hidden, "\(name)_\(suffix)", dtype, generator))
                }
                add("weight_ih", [gates * hidden, layer == 0 ? inputs : directions * output])
                add("weight_hh", [gates * hidden, output])
                if bias {
                    add("bias_ih", [gates * hidden])
                    add("bias_hh", [gates * hidden])
                }
                if projection != nil { add("weight_hr", [output, hidden]) }
            }
        }
        self.weights = weights
    }

    /// Uniform in ±1/√hidden.
    fileprivate static func parameter(
        _ shape: Shape, _ hidden: Int, _ name: String, _ dtype: DType, _ generator: RandomGenerator
    ) -> Parameter {
        let bound = 1 / Double(hidden).squareRoot()
        return Parameter(
            .uniform(shape, low: -bound, high: bound, dtype: dtype, using: generator), name: name)
    }

    /// The weights of one direction of one layer, and which way it goes.
    fileprivate struct Direction {
        let inputWeight: Tensor
        let hiddenWeight: Tensor
        let inputBias: Tensor?
        let hiddenBias: Tensor?
        let projection: Tensor?
        let isReversed: Bool
    }

    /// Runs all layers. Returns the outputs of the last one, with the features of its directions one after the other,
    /// and the states after the last step, [layers · directions, batch, ..] each.
    ///
    /// - Parameters:
    ///   - states: for each kind of state its name, its features and what was given, or nil.
    ///   - run: one direction of one layer, on [time, batch, features].
    fileprivate func run(
        _ operation: String, _ x: Tensor, _ states: [(name: String, width: Int, given: Tensor?)],
        _ lengths: Tensor?, _ site: CallSite,
        _ run: (_ direction: Direction, _ x: Tensor, _ states: [Tensor]?) -> (Tensor, [Tensor])
    ) -> (output: Tensor, states: [Tensor]) {
        let isBatched = x.rank != 2
        let timeAxis = batchFirst && isBatched ? 1 : 0
        if x.rank != 2 && x.rank != 3 || x.shape[x.rank - 1] != inputs || x.shape[timeAxis] == 0 {
            fail(
                operation,
                "an input of shape \(x.shape): it takes [\(batchFirst ? "batch, time" : "time, batch"), \(inputs)] "
                    + "or [time, \(inputs)], with a time of 1 or more", at: site)
        }
        if lengths != nil && !isBatched {
            fail(operation, "lengths for a single sequence, of shape \(x.shape): it has its length", at: site)
        }
        let directions = isBidirectional ? 2 : 1
        let batch = isBatched ? x.shape[1 - timeAxis] : 1
        for (name, width, given) in states {
            guard let given else { continue }
            let wanted = [layers * directions] + (isBatched ? [batch] : []) + [width]
            if given.shape != wanted {
                fail(
                    operation, "a \(name) state of shape \(given.shape), where \(wanted) is wanted", at: site)
            }
        }
        let isGiven = states.contains { $0.given != nil }
        var sequence = isBatched ? (timeAxis == 1 ? x.transpose(0, 1) : x) : x.unsqueeze(1)
        var last = states.map { _ in [Tensor]() }
        let count = weights.count / (layers * directions)
        for layer in 0..<layers {
            var outputs: [Tensor] = []
            for reversed in [false, true].prefix(directions) {
                let index = layer * directions + outputs.count
                var values = weights[(index * count)..<((index + 1) * count)].map(\.value)[...]
                let direction = Direction(
                    inputWeight: values.removeFirst(), hiddenWeight: values.removeFirst(),
                    inputBias: hasBias ? values.removeFirst() : nil,
                    hiddenBias: hasBias ? values.removeFirst() : nil, projection: values.first,
                    isReversed: reversed)
                let first = states.map { state in
                    state.given.map {
                        let own = $0.narrow(axis: 0, start: index, count: 1)
                        return isBatched ? own.squeeze(axis: 0) : own
                    }
                }
                let (output, ends) = run(direction, sequence, isGiven ? first.map { $0! } : nil)
                outputs.append(output)
                for (kind, end) in ends.enumerated() { last[kind].append(end) }
            }
            sequence = outputs.count == 1 ? outputs[0] : Tensor.cat(outputs, axis: 2)
            if isTraining && dropout > 0 && layer < layers - 1 {
                sequence = withBatchRows(.axis(1)) { sequence.dropout(dropout) }
            }
        }
        let output =
            isBatched ? (timeAxis == 1 ? sequence.transpose(0, 1) : sequence) : sequence.squeeze(axis: 1)
        return (output, last.map { isBatched ? Tensor.stack($0) : Tensor.cat($0) })
    }
}

/// A plain recurrent network (Elman 1990): h′ = tanh(W·x + b + U·h + c), or max(0, …).
///
/// State: `weight_ih_l0` [hidden, inputs], `weight_hh_l0` [hidden, hidden], `bias_ih_l0` and `bias_hh_l0`, as
/// `torch.nn.RNN` has them.
public final class RNN: Recurrent {
    /// What the hidden states go through.
    public let nonlinearity: RNNNonlinearity

    /// - Parameters:
    ///   - layers: the number of layers, each of which runs on the result of the one before.
    ///   - batchFirst: sequences are [batch, time, features] and not [time, batch, features].
    ///   - dropout: the probability of zero between layers, in training.
    ///   - bidirectional: each layer also runs from the last time step to the first.
    ///   - dtype: a real floating-point type.
    public init(
        _ inputs: Int, _ hidden: Int, layers: Int = 1, nonlinearity: RNNNonlinearity = .tanh,
        bias: Bool = true, batchFirst: Bool = false, dropout: Double = 0, bidirectional: Bool = false,
        dtype: DType = .float32, using generator: RandomGenerator = .default
    ) {
        self.nonlinearity = nonlinearity
        super.init(
            "RNN", gates: 1, inputs, hidden, layers: layers, bias: bias, batchFirst: batchFirst,
            dropout: dropout, bidirectional: bidirectional, dtype: dtype, using: generator)
    }

    /// - Parameters:
    ///   - state: the first hidden state [layers · directions, batch, hidden]; nil stands for 0.
    ///   - lengths: an integer in 0...time for each sequence; nil where all are as long as the tensor.
    /// - Returns: the hidden states of the last layer at each step, with the directions' one after the other, and the
    ///   states after the last step of each layer and direction.
    public func callAsFunction(
        _ x: Tensor, state: Tensor? = nil, lengths: Tensor? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> (output: Tensor, state: Tensor) {
        called(file: file, line: line) {
            let (output, states) = run(
                "RNN", x, [("hidden", hidden, state)], lengths, CallSite(file: file, line: line)
            ) { direction, x, states in
                let (output, last) = x.rnn(
                    inputWeight: direction.inputWeight, hiddenWeight: direction.hiddenWeight,
                    inputBias: direction.inputBias, hiddenBias: direction.hiddenBias,
                    nonlinearity: nonlinearity, state: states?[0], lengths: lengths,
                    reversed: direction.isReversed)
                return (output, [last])
            }
            return (output, states[0])
        }
    }
}

/// A long short-term memory (Hochreiter and Schmidhuber 1997).
///
/// i, f, o = σ(W·x + b + U·h + c) and g = tanh(W·x + b + U·h + c), each with its own rows of the weights; then
/// c′ = f∘c + i∘g and h′ = o∘tanh(c′), with a projection V·(o∘tanh(c′)) (Sak, Senior and Beaufays 2014).
///
/// State: `weight_ih_l0` [4·hidden, inputs], `weight_hh_l0` [4·hidden, hidden], `bias_ih_l0` and `bias_hh_l0`, in
/// the order i, f, g, o, and with a projection `weight_hr_l0` [projection, hidden], as `torch.nn.LSTM` has them.
public final class LSTM: Recurrent {
    /// - Parameters:
    ///   - layers: the number of layers, each of which runs on the result of the one before.
    ///   - batchFirst: sequences are [batch, time, features] and not [time, batch, features].
    ///   - dropout: the probability of zero between layers, in training.
    ///   - bidirectional: each layer also runs from the last time step to the first.
    ///   - projection: so many features, fewer than `hidden`, to which hidden states are projected.
    ///   - dtype: a real floating-point type.
    public init(
        _ inputs: Int, _ hidden: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
        dropout: Double = 0, bidirectional: Bool = false, projection: Int? = nil, dtype: DType = .float32,
        using generator: RandomGenerator = .default
    ) {
        super.init(
            "LSTM", gates: 4, inputs, hidden, layers: layers, bias: bias, batchFirst: batchFirst,
            dropout: dropout, bidirectional: bidirectional, projection: projection, dtype: dtype,
            using: generator)
    }

    /// - Parameters:
    ///   - state: the first hidden and cell state, [layers · directions, batch, projection or hidden] and
    ///     [layers · directions, batch, hidden]; nil stands for 0.
    ///   - lengths: an integer in 0...time for each sequence; nil where all are as long as the tensor.
    /// - Returns: the hidden states of the last layer at each step, with the directions' one after the other, and the
    ///   states after the last step of each layer and direction.
    public func callAsFunction(
        _ x: Tensor, state: (hidden: Tensor, cell: Tensor)? = nil, lengths: Tensor? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) -> (output: Tensor, state: (hidden: Tensor, cell: Tensor)) {
        called(file: file, line: line) {
            let given = [
                (name: "hidden", width: projection ?? hidden, given: state?.hidden),
                (name: "cell", width: hidden, given: state?.cell),
            ]
            let (output, states) = run("LSTM", x, given, lengths, CallSite(file: file, line: line)) {
                direction, x, states in
                let (output, last) = x.lstm(
                    inputWeight: direction.inputWeight, hiddenWeight: direction.hiddenWeight,
                    inputBias: direction.inputBias, hiddenBias: direction.hiddenBias,
                    projection: direction.projection, state: states.map { ($0[0], $0[1]) },
                    lengths: lengths, reversed: direction.isReversed)
                return (output, [last.hidden, last.cell])
            }
            return (output, (states[0], states[1]))
        }
    }
}

/// Gated recurrent units (Cho et al. 2014).
///
/// r, z = σ(W·x + b + U·h + c), n = tanh(W·x + b + r∘(U·h + c)) and h′ = (1 − z)∘n + z∘h, each with its own rows of
/// the weights.
///
/// State: `weight_ih_l0` [3·hidden, inputs], `weight_hh_l0` [3·hidden, hidden], `bias_ih_l0` and `bias_hh_l0`, in
/// the order r, z, n, as `torch.nn.GRU` has them.
public final class GRU: Recurrent {
    /// - Parameters:
    ///   - layers: the number of layers, each of which runs on the result of the one before.
    ///   - batchFirst: sequences are [batch, time, features] and not [time, batch, features].
    ///   - dropout: the probability of zero between layers, in training.
    ///   - bidirectional: each layer also runs from the last time step to the first.
    ///   - dtype: a real floating-point type.
    public init(
        _ inputs: Int, _ hidden: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
        dropout: Double = 0, bidirectional: Bool = false, dtype: DType = .float32,
        using generator: RandomGenerator = .default
    ) {
        super.init(
            "GRU", gates: 3, inputs, hidden, layers: layers, bias: bias, batchFirst: batchFirst,
            dropout: dropout, bidirectional: bidirectional, dtype: dtype, using: generator)
    }

    /// - Parameters:
    ///   - state: the first hidden state [layers · directions, batch, hidden]; nil stands for 0.
    ///   - lengths: an integer in 0...time for each sequence; nil where all are as long as the tensor.
    /// - Returns: the hidden states of the last layer at each step, with the directions' one after the other, and the
    ///   states after the last step of each layer and direction.
    public func callAsFunction(
        _ x: Tensor, state: Tensor? = nil, lengths: Tensor? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> (output: Tensor, state: Tensor) {
        called(file: file, line: line) {
            let (output, states) = run(
                "GRU", x, [("hidden", hidden, state)], lengths, CallSite(file: file, line: line)
            ) { direction, x, states in
                let (output, last) = x.gru(
                    inputWeight: direction.inputWeight, hiddenWeight: direction.hiddenWeight,
                    inputBias: direction.inputBias, hiddenBias: direction.hiddenBias, state: states?[0],
                    lengths: lengths, reversed: direction.isReversed)
                return (output, [last])
            }
            return (output, states[0])
        }
    }
}

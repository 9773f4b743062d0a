import Apus

/// What the complex recurrent layers share: sizes, parameters by PyTorch's names, and the walk over layers, directions
/// and time steps.
///
/// Sequences are [time, batch, features], or with `batchFirst` [batch, time, features]. Weights are complex matrices
/// that multiply as complex numbers do; sigmoid, tanh and the products of gates act on each part for itself, as in the
/// convolutional LSTM of Trabelsi et al. 2018 (section 4.3, "Music transcription and speech spectrum prediction").
public class ComplexRecurrent: Module {
    /// Features of the sequence at each time step.
    public let inputs: Int
    /// Features of the states, and of the result in each direction.
    public let hidden: Int
    /// The number of layers, each of which runs on the result of the one before.
    public let layers: Int
    /// Whether each layer also runs from the last time step to the first, which doubles the features of its result.
    public let isBidirectional: Bool
    /// Whether sequences are [batch, time, features] and not [time, batch, features].
    public let batchFirst: Bool
    /// `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, then `…_l0_reverse`, then those of the next layer.
    public let weights: [Parameter]
    private let hasBias: Bool
    private let dtype: DType

    /// Weights start as `Initializer.rayleigh(.glorot)`, each gate for itself; biases at 0.
    fileprivate init(
        _ operation: String, gates: Int, _ inputs: Int, _ hidden: Int, layers: Int, isBidirectional: Bool,
        batchFirst: Bool, bias: Bool, dtype: DType, using generator: RandomGenerator
    ) {
        if Swift.min(inputs, hidden, layers) < 1 {
            fail(operation, "\(inputs) inputs, \(hidden) hidden units and \(layers) layers make no layer")
        }
        if !dtype.isComplex { fail(operation, "has complex weights, not \(dtype) ones") }
        Tensor.checkShape([2 * gates, layers, hidden, max(inputs, hidden)], operation)
        self.inputs = inputs
        self.hidden = hidden
        self.layers = layers
        self.isBidirectional = isBidirectional
        self.batchFirst = batchFirst
        self.dtype = dtype
        hasBias = bias
        let directions = isBidirectional ? 2 : 1
        var weights: [Parameter] = []
        for layer in 0..<layers {
            for direction in 0..<directions {
                let suffix = "l\(layer)" + (direction == 1 ? "_reverse" : "")
                for (name, width) in [
                    ("weight_ih", layer == 0 ? inputs : directions * hidden), ("weight_hh", hidden),
                ] {
                    let parts = (0..<gates).map { _ in
                        Initializer.rayleigh(.glorot)([hidden, width], dtype: dtype, using: generator)
                    }
                    weights.append(Parameter(Tensor.cat(parts), name: "\(name)_\(suffix)"))
                }
                if bias {
                    for name in ["bias_ih", "bias_hh"] {
                        weights.append(
                            Parameter(.zeros([gates * hidden], dtype: dtype), name: "\(name)_\(suffix)"))
                    }
                }
            }
        }
        self.weights = weights
    }

    /// The weights of one direction of one layer.
    struct Cell {
        let inputWeight: Tensor
        let hiddenWeight: Tensor
        let inputBias: Tensor?
        let hiddenBias: Tensor?
    }

    /// Runs all layers. Returns the outputs of the last one, with the features of its directions one after the other,
    /// and for each layer and direction the states after the last step.
    ///
    /// - Parameter run: one direction of one layer, on [time, batch, features] in its order of time.
    fileprivate func run(
        _ operation: String, _ x: Tensor, _ site: CallSite,
        _ run: (_ cell: Cell, _ x: Tensor, _ index: Int) -> (outputs: [Tensor], state: [Tensor])
    ) -> (output: Tensor, states: [[Tensor]]) {
        if x.rank != 3 || x.shape[2] != inputs || x.shape[batchFirst ? 1 : 0] == 0 {
            fail(
                operation,
                "an input of shape \(x.shape): it takes [\(batchFirst ? "batch, time" : "time, batch"), \(inputs)], with a time of 1 or more",
                at: site)
        }
        var sequence = (batchFirst ? x.transpose(0, 1) : x).to(DType.promote(x.dtype, dtype))
        var states: [[Tensor]] = []
        let count = hasBias ? 4 : 2
        for _ in 0..<layers {
            var outputs: [Tensor] = []
            for direction in 0..<(isBidirectional ? 2 : 1) {
                let index = states.count
                let values = weights[(index * count)..<((index + 1) * count)].map(\.value)
                let cell = Cell(
                    inputWeight: values[0], hiddenWeight: values[1], inputBias: hasBias ? values[2] : nil,
                    hiddenBias: hasBias ? values[3] : nil)
                let ordered = direction == 1 ? sequence.flip(axis: 0) : sequence
                let result = run(cell, ordered, index)
                outputs.append(Tensor.stack(direction == 1 ? result.outputs.reversed() : result.outputs))
                states.append(result.state)
            }
            sequence = outputs.count == 1 ? outputs[0] : Tensor.cat(outputs, axis: 2)
        }
        return (batchFirst ? sequence.transpose(0, 1) : sequence, states)
    }

    /// The state that was given, or zeros: [layers · directions, batch, hidden].
    fileprivate func start(_ operation: String, _ given: Tensor?, _ x: Tensor, _ site: CallSite) -> Tensor {
        let shape = [layers * (isBidirectional ? 2 : 1), x.shape[batchFirst ? 0 : 1], hidden]
        guard let given else {
            return withDevice(x.device) { .zeros(shape, dtype: DType.promote(x.dtype, dtype)) }
        }
        if given.shape != shape {
            fail(operation, "a state of shape \(given.shape), where \(shape) is wanted", at: site)
        }
        return given.to(DType.promote(given.dtype, dtype))
    }
}

/// A long short-term memory of complex numbers (Hochreiter and Schmidhuber 1997; complex as in Trabelsi et al. 2018).
///
/// i, f, o = σ(W·x + b + U·h + c) and g = tanh(W·x + b + U·h + c), each with its own rows of the weights; then
/// c′ = f∘c + i∘g and h′ = o∘tanh(c′). W, U, b and c are complex; σ, tanh and ∘ act on each part for itself.
///
/// State: `weight_ih_l0` [4·hidden, inputs], `weight_hh_l0` [4·hidden, hidden], `bias_ih_l0` and `bias_hh_l0`, in
/// the order i, f, g, o, as `torch.nn.LSTM` has them.
public final class ComplexLSTM: ComplexRecurrent {
    /// - Parameters:
    ///   - layers: the number of layers, each of which runs on the result of the one before.
    ///   - batchFirst: sequences are [batch, time, features] and not [time, batch, features].
    ///   - bidirectional: each layer also runs from the last time step to the first.
    ///   - dtype: complex64 or complex128.
    public init(
        _ inputs: Int, _ hidden: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
        bidirectional: Bool = false, dtype: DType = .complex64, using generator: RandomGenerator = .default
    ) {
        super.init(
            "ComplexLSTM", gates: 4, inputs, hidden, layers: layers, isBidirectional: bidirectional,
            batchFirst: batchFirst, bias: bias, dtype: dtype, using: generator)
    }

    /// - Parameter state: the hidden and the cell state, each [layers · directions, batch, hidden]; nil stands for 0.
    /// - Returns: the hidden states of the last layer at each step, with the directions' one after the other, and the
    ///   states after the last step.
    public func callAsFunction(
        _ x: Tensor, state: (hidden: Tensor, cell: Tensor)? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> (output: Tensor, state: (hidden: Tensor, cell: Tensor)) {
        called(file: file, line: line) { forward(x, state, CallSite(file: file, line: line)) }
    }

    private func forward(_ x: Tensor, _ state: (hidden: Tensor, cell: Tensor)?, _ site: CallSite)
        -> (output: Tensor, state: (hidden: Tensor, cell: Tensor))
    {
        let hiddenStart = start("ComplexLSTM", state?.hidden, x, site)
        let cellStart = start("ComplexLSTM", state?.cell, x, site)
        let (output, states) = run("ComplexLSTM", x, site) { cell, x, index in
            // What does not depend on the state, for all steps in one product.
            var shift = cell.inputBias
            if let bias = cell.hiddenBias { shift = shift.map { $0 + bias } }
            let fromInput = x.linear(cell.inputWeight, bias: shift).viewAsReal()
            var (h, c) = (hiddenStart.select(index), cellStart.select(index).viewAsReal())
            var outputs: [Tensor] = []
            for time in 0..<x.shape[0] {
                let gates = fromInput.select(time) + h.linear(cell.hiddenWeight).viewAsReal()
                let (h1, c1) = lstmStep(gates, c, axis: 1, hidden)
                (h, c) = (h1.viewAsComplex(), c1)
                outputs.append(h)
            }
            return (outputs, [h, c.viewAsComplex()])
        }
        return (output, (Tensor.stack(states.map { $0[0] }), Tensor.stack(states.map { $0[1] })))
    }
}

/// A gated recurrent unit of complex numbers (Cho et al. 2014).
///
/// r, z = σ(W·x + b + U·h + c), n = tanh(W·x + b + r∘(U·h + c)) and h′ = (1 − z)∘n + z∘h, each with its own rows of
/// the weights. W, U, b and c are complex; σ, tanh and ∘ act on each part for itself, so that 1 stands for 1 + i.
///
/// State: `weight_ih_l0` [3·hidden, inputs], `weight_hh_l0` [3·hidden, hidden], `bias_ih_l0` and `bias_hh_l0`, in
/// the order r, z, n, as `torch.nn.GRU` has them.
public final class ComplexGRU: ComplexRecurrent {
    /// - Parameters:
    ///   - layers: the number of layers, each of which runs on the result of the one before.
    ///   - batchFirst: sequences are [batch, time, features] and not [time, batch, features].
    ///   - bidirectional: each layer also runs from the last time step to the first.
    ///   - dtype: complex64 or complex128.
    public init(
        _ inputs: Int, _ hidden: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
        bidirectional: Bool = false, dtype: DType = .complex64, using generator: RandomGenerator = .default
    ) {
        super.init(
            "ComplexGRU", gates: 3, inputs, hidden, layers: layers, isBidirectional: bidirectional,
            batchFirst: batchFirst, bias: bias, dtype: dtype, using: generator)
    }

    /// - Parameter state: the hidden state [layers · directions, batch, hidden]; nil stands for 0.
    /// - Returns: the hidden states of the last layer at each step, with the directions' one after the other, and the
    ///   state after the last step.
    public func callAsFunction(
        _ x: Tensor, state: Tensor? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> (output: Tensor, state: Tensor) {
        called(file: file, line: line) { forward(x, state, CallSite(file: file, line: line)) }
    }

    private func forward(_ x: Tensor, _ state: Tensor?, _ site: CallSite) -> (output: Tensor, state: Tensor) {
        let first = start("ComplexGRU", state, x, site)
        let (output, states) = run("ComplexGRU", x, site) { cell, x, index in
            let fromInput = x.linear(cell.inputWeight, bias: cell.inputBias).viewAsReal()
            var h = first.select(index)
            var outputs: [Tensor] = []
            for time in 0..<x.shape[0] {
                let input = fromInput.select(time)
                let state = h.linear(cell.hiddenWeight, bias: cell.hiddenBias).viewAsReal()
                let open =
                    (input.narrow(axis: 1, start: 0, count: 2 * hidden)
                    + state.narrow(axis: 1, start: 0, count: 2 * hidden)).sigmoid()
                let (r, z) = (
                    open.narrow(axis: 1, start: 0, count: hidden),
                    open.narrow(axis: 1, start: hidden, count: hidden)
                )
                let n =
                    (input.narrow(axis: 1, start: 2 * hidden, count: hidden)
                    + r * state.narrow(axis: 1, start: 2 * hidden, count: hidden)).tanh()
                h = (n + z * (h.viewAsReal() - n)).viewAsComplex()
                outputs.append(h)
            }
            return (outputs, [h])
        }
        return (output, Tensor.stack(states.map { $0[0] }))
    }
}

/// One step from the gates i, f, g, o before their functions, one after the other along an axis; all real, the parts
/// of complex numbers in a last axis of 2.
func lstmStep(_ gates: Tensor, _ c: Tensor, axis: Int, _ hidden: Int) -> (h: Tensor, c: Tensor) {
    func gate(_ index: Int, _ count: Int = 1) -> Tensor {
        gates.narrow(axis: axis, start: index * hidden, count: count * hidden)
    }
    let open = gate(0, 2).sigmoid()
    let (i, f) = (
        open.narrow(axis: axis, start: 0, count: hidden),
        open.narrow(axis: axis, start: hidden, count: hidden)
    )
    let next = f * c + i * gate(2).tanh()
    return (gate(3).sigmoid() * next.tanh(), next)
}

extension Tensor {
    /// The entry at an index of the first axis.
    fileprivate func select(_ index: Int) -> Tensor {
        narrow(axis: 0, start: index, count: 1).squeeze(axis: 0)
    }
}

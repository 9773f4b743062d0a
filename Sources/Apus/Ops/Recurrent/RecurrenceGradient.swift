import ApusKernelCalls

extension Recurrence {
    func gradients(_ backward: Backward) -> [Tensor?] {
        let inputs = Array(backward.needs.indices)
        if GradientMode.current == .recording {
            return Tensor.pullback(backward, inputs: inputs) {
                RecurrenceInputs($0, self).composed()[backward.index]
            }
        }
        return fused(backward, inputs.map { backward.input($0).detach() })
    }

    /// The gradients by a kernel, which steps back through time, and one product for each weight.
    private func fused(_ backward: Backward, _ inputs: [Tensor]) -> [Tensor?] {
        let operands = RecurrenceInputs(inputs, self)
        let results = cell == .lstm ? 2 : 1
        var known = (0..<results).map { backward.output($0).detach() }
        if cell.kept > 0 {
            // What was computed without a thought of gradients is computed again for them.
            known.append(
                keepsGates
                    ? backward.output(results)
                    : Tensor.applyAll(keepingGates, to: inputs, at: nil)[results])
        }
        let step = RecurrenceGradient(recurrence: self, isOfCell: backward.index == 1)
        let lengths = operands.lengths.map { [$0] } ?? []
        let found = Tensor.applyAll(
            step, to: [backward.gradient, operands.hiddenWeight] + known + lengths, at: nil)
        let fromInput = found[0].asRows()
        let fromState = cell == .gru ? found[1].asRows() : fromInput
        let states = found.dropFirst(cell == .gru ? 2 : 1)

        var gradients: [Tensor?] = []
        func add(_ gradient: () -> Tensor) {
            gradients.append(backward.needs[gradients.count] ? gradient() : nil)
        }
        add { fromInput.product(operands.inputWeight).reshape(operands.x.shape) }
        add { fromInput.transpose().product(operands.x.asRows()) }
        add {
            let before = known[0].narrow(axis: 0, start: isReversed ? 1 : 0, count: operands.x.shape[0])
            return fromState.transpose().product(before.asRows())
        }
        if hasInputBias { add { fromInput.sum(axis: 0) } }
        if hasHiddenBias { add { fromState.sum(axis: 0) } }
        for state in states { add { state } }
        if hasLengths { gradients.append(nil) }
        return gradients
    }

    private var keepingGates: Recurrence {
        Recurrence(
            name: name, cell: cell, isReversed: isReversed, hasInputBias: hasInputBias,
            hasHiddenBias: hasHiddenBias, hasLengths: hasLengths, keepsGates: true)
    }
}

/// The gradients of W·x of each step, of a GRU those of U·h too, and those of the first states; for when they are not
/// differentiated again.
///
/// The inputs are the gradient of the states or of the cells, U, the states, the cells, what was kept, and the lengths.
private struct RecurrenceGradient: Primitive {
    let recurrence: Recurrence
    /// Whether the gradient is that of the cells.
    let isOfCell: Bool

    var name: String { recurrence.name + "Gradient" }
    var attributes: [Attribute] { recurrence.attributes }
    var isDifferentiable: Bool { false }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let cell = recurrence.cell
        let dtype = inputs[2].dtype
        let (gradient, weight) = (inputs[0].rowMajor(dtype), inputs[1].rowMajor())
        let states = inputs[2].rowMajor()
        let cells = cell == .lstm ? inputs[3].rowMajor() : nil
        let kept = cell.kept > 0 ? inputs[cell == .lstm ? 4 : 3].rowMajor(dtype) : nil
        let lengths = recurrence.hasLengths ? inputs[inputs.count - 1].detachedContiguous() : nil
        let (steps, batch, hidden) = (states.shape[0] - 1, states.shape[1], states.shape[2])
        let shape = RecurrenceShape(
            cell, steps: steps, batch: batch, inputs: 0, hidden: hidden, isReversed: recurrence.isReversed)
        let sideShape = [steps, batch, cell.gates * hidden]
        let type = states.dtype
        let ofInputSide = Tensor(uninitialized: sideShape, type)
        let ofStateSide = cell == .gru ? Tensor(uninitialized: sideShape, type) : nil
        let ofHidden = Tensor(uninitialized: [batch, hidden], type)
        let ofCell = cell == .lstm ? Tensor(uninitialized: [batch, hidden], type) : nil
        func address(_ tensor: Tensor?) -> UnsafeRawPointer? { tensor.map { UnsafeRawPointer($0.start) } }
        kernels.recurrenceGradient(
            shape, type,
            RecurrenceGradientOperands(
                hiddenWeight: weight.start, states: states.start, cells: address(cells), kept: address(kept),
                stateGradient: isOfCell ? nil : UnsafeRawPointer(gradient.start),
                cellGradient: isOfCell ? UnsafeRawPointer(gradient.start) : nil, lengths: address(lengths)),
            ofInputSide: ofInputSide.base, ofStateSide: ofStateSide?.base, ofHidden: ofHidden.base,
            ofCell: ofCell?.base)
        withExtendedLifetime((gradient, weight, cells, kept, lengths)) {}
        return [ofInputSide, ofStateSide, ofHidden, ofCell].compactMap { $0?.converted(to: dtype) }
    }
}

extension RecurrenceInputs {
    /// The results of a `Recurrence` in tensor operations, to be differentiated again, or with a projection.
    ///
    /// - Parameter projection: [projected, hidden], by which an LSTM's hidden states are multiplied.
    func composed(projection: Tensor? = nil) -> [Tensor] {
        let shape = shape
        let units = hiddenWeight.shape[0] / shape.cell.gates
        let fromInput = x.linear(inputWeight, bias: inputBias)
        var (h, c) = (hidden, cell)
        var (states, cells) = ([h], [c])
        for step in 0..<shape.steps {
            let time = shape.time(step)
            let input = fromInput.entry(time)
            var (h1, c1) = composedStep(
                shape.cell, input, h.linear(hiddenWeight, bias: hiddenBias), h, c, units: units)
            if let projection { h1 = h1.linear(projection) }
            if let lengths {
                let isRunning = (lengths .> time).unsqueeze(1)
                h1 = .where(isRunning, h1, h)
                c1 = c1.map { .where(isRunning, $0, c!) }
            }
            (h, c) = (h1, c1)
            states.append(h)
            cells.append(c)
        }
        func inOrder(_ tensors: [Tensor]) -> Tensor {
            Tensor.stack(recurrence.isReversed ? tensors.reversed() : tensors)
        }
        return c == nil ? [inOrder(states)] : [inOrder(states), inOrder(cells.map { $0! })]
    }
}

/// One step from W·x + b and U·h + b, [batch, gates · units] each.
func composedStep(
    _ cell: RecurrentCell, _ input: Tensor, _ state: Tensor, _ h: Tensor, _ c: Tensor?, units: Int
) -> (h: Tensor, c: Tensor?) {
    func gate(_ tensor: Tensor, _ index: Int, _ count: Int = 1) -> Tensor {
        tensor.narrow(axis: 1, start: index * units, count: count * units)
    }
    switch cell {
    case .tanh: return ((input + state).tanh(), nil)
    case .relu: return ((input + state).relu(), nil)
    case .lstm:
        let gates = input + state
        let open = gate(gates, 0, 2).sigmoid()
        let next = gate(open, 1) * c! + gate(open, 0) * gate(gates, 2).tanh()
        return (gate(gates, 3).sigmoid() * next.tanh(), next)
    case .gru:
        let open = (gate(input, 0, 2) + gate(state, 0, 2)).sigmoid()
        let n = (gate(input, 2) + gate(open, 0) * gate(state, 2)).tanh()
        return (n + gate(open, 1) * (h - n), nil)
    }
}

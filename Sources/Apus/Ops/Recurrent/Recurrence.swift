import ApusKernelCalls

/// One direction of one recurrent layer.
///
/// The inputs are the sequence, W, U, what there is of their biases, the first hidden state, an LSTM's first cell and the
/// lengths, if they are given. The results are the states [steps + 1, batch, hidden], in the order of time with the first
/// one, an LSTM's cells, and where a gradient is wanted of an LSTM or a GRU what it reads of the gates.
struct Recurrence: Primitive {
    let name: String
    let cell: RecurrentCell
    let isReversed: Bool
    let hasInputBias: Bool
    let hasHiddenBias: Bool
    let hasLengths: Bool
    /// Whether there is a result for the gradient.
    let keepsGates: Bool

    var types: TypeRule { .convolution }

    func isDifferentiable(result index: Int) -> Bool { index < (cell == .lstm ? 2 : 1) }

    func values(of inputs: [Tensor]) throws -> [Tensor] {
        let operands = RecurrenceInputs(inputs, self).converted { $0.rowMajor() }
        let (x, dtype) = (operands.x, operands.x.dtype)
        let shape = operands.shape
        let stateShape = [shape.steps + 1, shape.batch, shape.hidden]
        let states = Tensor(uninitialized: stateShape, dtype)
        let cells = cell == .lstm ? Tensor(uninitialized: stateShape, dtype) : nil
        let kept =
            keepsGates
            ? Tensor(uninitialized: [shape.steps, shape.batch, cell.kept, shape.hidden], dtype) : nil
        let addresses = RecurrenceOperands(
            x: x.start, inputWeight: operands.inputWeight.start, hiddenWeight: operands.hiddenWeight.start,
            inputBias: operands.inputBias.map { UnsafeRawPointer($0.start) },
            hiddenBias: operands.hiddenBias.map { UnsafeRawPointer($0.start) },
            hidden: operands.hidden.start, cell: operands.cell.map { UnsafeRawPointer($0.start) },
            lengths: operands.lengths.map { UnsafeRawPointer($0.start) })
        let wrong = kernels.recurrence(
            shape, dtype, addresses, states: states.base, cells: cells?.base, kept: kept?.base)
        withExtendedLifetime(operands) {}
        if let wrong {
            throw LengthOutside(
                row: wrong, length: operands.lengths!.element(wrong), steps: shape.steps)
        }
        // What only the gradient reads stays in the type that it computes in.
        return [states, cells].compactMap { $0?.converted(to: inputs[0].dtype) } + [kept].compactMap { $0 }
    }

    func saved(for needs: [Bool]) -> Saved { [.inputs, .output(0), .output(1), .output(2)] }

    func multiplyAdds(inputs: [Shape], result: Shape) -> Int {
        let (x, weight) = (inputs[0], inputs[1])
        return x[0] * x[1] * weight[0] * (weight[1] + inputs[2][1])
    }
}

/// The inputs of a `Recurrence` by their names.
struct RecurrenceInputs {
    var x: Tensor
    var inputWeight: Tensor
    var hiddenWeight: Tensor
    var inputBias: Tensor?
    var hiddenBias: Tensor?
    var hidden: Tensor
    var cell: Tensor?
    var lengths: Tensor?
    let recurrence: Recurrence

    init(_ inputs: [Tensor], _ recurrence: Recurrence) {
        self.recurrence = recurrence
        (x, inputWeight, hiddenWeight) = (inputs[0], inputs[1], inputs[2])
        var rest = inputs.dropFirst(3)
        inputBias = recurrence.hasInputBias ? rest.removeFirst() : nil
        hiddenBias = recurrence.hasHiddenBias ? rest.removeFirst() : nil
        hidden = rest.removeFirst()
        cell = recurrence.cell == .lstm ? rest.removeFirst() : nil
        lengths = recurrence.hasLengths ? rest.removeFirst() : nil
    }

    var shape: RecurrenceShape {
        RecurrenceShape(
            recurrence.cell, steps: x.shape[0], batch: x.shape[1], inputs: x.shape[2],
            hidden: hiddenWeight.shape[1], isReversed: recurrence.isReversed)
    }

    /// All but the lengths through a conversion.
    func converted(_ convert: (Tensor) -> Tensor) -> RecurrenceInputs {
        var other = self
        other.x = convert(x)
        other.inputWeight = convert(inputWeight)
        other.hiddenWeight = convert(hiddenWeight)
        other.inputBias = inputBias.map(convert)
        other.hiddenBias = hiddenBias.map(convert)
        other.hidden = convert(hidden)
        other.cell = cell.map(convert)
        other.lengths = lengths?.detachedContiguous()
        return other
    }
}

/// What is wrong with a length.
private struct LengthOutside: Error, CustomStringConvertible {
    let row: Int
    let length: Int64
    let steps: Int

    var description: String { "sequence \(row) has a length of \(length), and there are \(steps) steps" }
}

/// What a recurrent layer is given, checked.
struct RecurrenceCall {
    let name: String
    let cell: RecurrentCell
    let x: Tensor
    let inputWeight: Tensor
    let hiddenWeight: Tensor
    let inputBias: Tensor?
    let hiddenBias: Tensor?
    let projection: Tensor?
    let hidden: Tensor
    let cellState: Tensor?
    let lengths: Tensor?
    let isReversed: Bool
    let site: CallSite

    /// Stops the program where shapes or types do not fit.
    init(
        _ name: String, _ cell: RecurrentCell, _ x: Tensor, _ inputWeight: Tensor, _ hiddenWeight: Tensor,
        _ inputBias: Tensor?, _ hiddenBias: Tensor?, projection: Tensor? = nil, hidden: Tensor?,
        cellState: Tensor? = nil, _ lengths: Tensor?, _ isReversed: Bool, _ site: CallSite
    ) {
        (self.name, self.cell, self.isReversed, self.site) = (name, cell, isReversed, site)
        let gates = cell.gates
        if x.rank != 3 {
            fail(name, "takes a sequence [time, batch, features], not shape \(x.shape)", at: site)
        }
        guard inputWeight.rank == 2, hiddenWeight.rank == 2, inputWeight.shape[1] == x.shape[2],
            inputWeight.shape[0] == hiddenWeight.shape[0], hiddenWeight.shape[0] % gates == 0
        else {
            fail(
                name,
                "weights of shapes \(inputWeight.shape) and \(hiddenWeight.shape) for a sequence of shape \(x.shape): "
                    + "they are [\(gates == 1 ? "" : "\(gates)·")hidden, \(x.shape[2])] and [\(gates == 1 ? "" : "\(gates)·")hidden, \(projection == nil ? "hidden" : "projected")]",
                at: site)
        }
        let units = hiddenWeight.shape[0] / gates
        let width = projection == nil ? units : hiddenWeight.shape[1]
        if hiddenWeight.shape[1] != width || projection.map({ $0.shape != [width, units] }) ?? false {
            fail(
                name,
                "a hidden weight of shape \(hiddenWeight.shape)"
                    + (projection.map { " and a projection of shape \($0.shape)" } ?? "")
                    + " for \(units) hidden units", at: site)
        }
        for (what, bias) in [("input", inputBias), ("hidden", hiddenBias)] {
            if let bias, bias.shape != [gates * units] {
                fail(
                    name, "a \(what) bias of shape \(bias.shape), where [\(gates * units)] is wanted",
                    at: site)
            }
        }
        let batch = x.shape[1]
        for (what, state, width) in [("hidden", hidden, width), ("cell", cellState, units)] {
            if let state, state.shape != [batch, width] {
                fail(
                    name, "a \(what) state of shape \(state.shape), where [\(batch), \(width)] is wanted",
                    at: site)
            }
        }
        if let lengths, lengths.shape != [batch] || !lengths.dtype.isInteger {
            fail(
                name,
                "\(lengths.dtype) lengths of shape \(lengths.shape), where an integer for each of \(batch) sequences is wanted",
                at: site)
        }
        let given = [x, inputWeight, hiddenWeight, inputBias, hiddenBias, projection, hidden, cellState]
        for case let tensor? in given where tensor.dtype.isComplex {
            Tensor.refuseComplex(name, tensor.dtype, nil, insteadCall: "ComplexLSTM or ComplexGRU", site)
        }
        let dtype = TypeRule.convolution.type(Tensor.resultType(given.compactMap { $0 }))
        self.x = x.to(dtype)
        self.inputWeight = inputWeight.to(dtype)
        self.hiddenWeight = hiddenWeight.to(dtype)
        self.inputBias = inputBias?.to(dtype)
        self.hiddenBias = hiddenBias?.to(dtype)
        self.projection = projection?.to(dtype)
        self.lengths = lengths?.to(.int64)
        func start(_ state: Tensor?, _ width: Int) -> Tensor {
            state?.to(dtype) ?? x.onItsDevice { .zeros([batch, width], dtype: dtype) }
        }
        self.hidden = start(hidden, width)
        self.cellState = cell == .lstm ? start(cellState, units) : nil
    }

    /// The states and, of an LSTM, the cells, [steps + 1, batch, ..] in the order of time.
    private func run() -> [Tensor] {
        var inputs = [x, inputWeight, hiddenWeight].with(inputBias, hiddenBias) + [hidden]
        if let cellState { inputs.append(cellState) }
        if let lengths { inputs.append(lengths) }
        let isRecorded = GradientMode.current == .recording && inputs.contains { $0.node != nil }
        let recurrence = Recurrence(
            name: name, cell: cell, isReversed: isReversed, hasInputBias: inputBias != nil,
            hasHiddenBias: hiddenBias != nil, hasLengths: lengths != nil,
            keepsGates: isRecorded && cell.kept > 0)
        if let projection {
            return RecurrenceInputs(inputs, recurrence).composed(projection: projection)
        }
        return Tensor.applyAll(recurrence, to: inputs, at: site)
    }

    /// The states at each time, and the last ones.
    func result() -> (output: Tensor, hidden: Tensor, cell: Tensor?) {
        let results = run()
        let (steps, states) = (x.shape[0], results[0])
        var output = states.narrow(axis: 0, start: isReversed ? 0 : 1, count: steps)
        if let lengths {
            let times = x.onItsDevice { Tensor.arange(steps) }
            let isPast = times.reshape([steps, 1, 1]) .>= lengths.reshape([1, lengths.count, 1])
            output = output.maskedFill(isPast, 0)
        }
        let last = isReversed ? 0 : steps
        return (output, states.entry(last), cellState == nil ? nil : results[1].entry(last))
    }
}

extension Tensor {
    /// The entry at an index of the first axis.
    func entry(_ index: Int) -> Tensor { narrow(axis: 0, start: index, count: 1).squeeze(axis: 0) }
}

import ApusKernelCalls

/// The scan of a selective state space; the inputs are x, the steps, A, B, C and the first states, if they are given.
/// The results are y, the last states and, where a gradient is wanted, states that it starts from.
struct SelectiveScan: Primitive {
    let hasInitial: Bool
    /// Whether there is a result for the gradient.
    let keepsStates: Bool

    var name: String { "selectiveScan" }
    var types: TypeRule { .statistic }

    func isDifferentiable(result index: Int) -> Bool { index < 2 }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = SelectiveScanInputs(inputs.map { $0.rowMajor() })
        let (shape, dtype) = (operands.shape, operands.x.dtype)
        let y = Tensor(uninitialized: operands.x.shape, dtype)
        let last = Tensor(uninitialized: [shape.batch, shape.channels, shape.states], dtype)
        let kept = keepsStates ? Tensor(uninitialized: shape.keptShape, dtype) : nil
        kernels.selectiveScan(
            shape, dtype, operands.addresses, into: y.base, last: last.base, kept: kept?.base)
        withExtendedLifetime(operands) {}
        // What only the gradient reads stays in the type that it computes in.
        return [y, last].map { $0.converted(to: inputs[0].dtype) } + [kept].compactMap { $0 }
    }

    func saved(for needs: [Bool]) -> Saved { [.inputs, .output(2)] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let indices = Array(backward.needs.indices)
        if GradientMode.current == .recording {
            return Tensor.pullback(backward, inputs: indices) {
                SelectiveScanInputs($0).composed()[backward.index]
            }
        }
        let inputs = indices.map { backward.input($0).detach() }
        // What was computed without a thought of gradients is computed again for them.
        let keeping = SelectiveScan(hasInitial: hasInitial, keepsStates: true)
        let kept = keepsStates ? backward.output(2) : Tensor.applyAll(keeping, to: inputs, at: nil)[2]
        let step = SelectiveScanGradient(isOfLast: backward.index == 1)
        let found = Tensor.applyAll(
            step, to: Array(inputs.prefix(5)) + [kept, backward.gradient], at: nil)
        return Array(found.prefix(inputs.count))
    }

    func multiplyAdds(inputs: [Shape], result: Shape) -> Int { 3 * inputs[0].elementCount * inputs[2][1] }
}

/// The gradients of a selective scan's inputs, for when they are not differentiated again.
///
/// The inputs are x, the steps, A, B, C, the kept states, and the gradient of y or of the last states.
private struct SelectiveScanGradient: Primitive {
    /// Whether the gradient is that of the last states.
    let isOfLast: Bool

    var name: String { "selectiveScanGradient" }
    var isDifferentiable: Bool { false }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = SelectiveScanInputs(inputs.prefix(5).map { $0.rowMajor() })
        let (shape, dtype) = (operands.shape, operands.x.dtype)
        let (kept, gradient) = (inputs[5].rowMajor(dtype), inputs[6].rowMajor(dtype))
        let results =
            [operands.x, operands.step, operands.decay, operands.input, operands.output].map {
                Tensor(uninitialized: $0.shape, dtype)
            } + [Tensor(uninitialized: [shape.batch, shape.channels, shape.states], dtype)]
        let start = UnsafeRawPointer(gradient.start)
        kernels.selectiveScanGradient(
            shape, dtype, operands.addresses, kept: kept.start, gradient: isOfLast ? nil : start,
            ofLast: isOfLast ? start : nil,
            into: SelectiveScanGradients(
                x: results[0].base, step: results[1].base, decay: results[2].base, input: results[3].base,
                output: results[4].base, initial: results[5].base))
        withExtendedLifetime((operands, kept, gradient)) {}
        return results.map { $0.converted(to: inputs[0].dtype) }
    }
}

/// The inputs of a `SelectiveScan` by their names.
private struct SelectiveScanInputs {
    let x, step, decay, input, output: Tensor
    let initial: Tensor?

    init(_ inputs: [Tensor]) {
        (x, step, decay, input, output) = (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4])
        initial = inputs.count > 5 ? inputs[5] : nil
    }

    var shape: SelectiveScanShape {
        SelectiveScanShape(
            batch: x.shape[0], steps: x.shape[1], channels: x.shape[2], states: decay.shape[1])
    }

    var addresses: SelectiveScanOperands {
        SelectiveScanOperands(
            x: x.start, step: step.start, decay: decay.start, input: input.start, output: output.start,
            initial: initial.map { UnsafeRawPointer($0.start) })
    }

    /// y and the last states in tensor operations, to be differentiated again.
    func composed() -> [Tensor] {
        let deltas = step.unsqueeze(3)
        let states = (deltas * x.unsqueeze(3) * input.unsqueeze(2))
            .linearRecurrence(decay: (deltas * decay).exp(), initial: initial, axis: 1)
        let y = (states * output.unsqueeze(2)).sum(axis: 3)
        let steps = x.shape[1]
        let last =
            steps == 0
            ? initial ?? x.onItsDevice { .zeros([x.shape[0]] + decay.shape, dtype: x.dtype) }
            : states.narrow(axis: 1, start: steps - 1, count: 1).squeeze(axis: 1)
        return [y, last]
    }
}

extension Tensor {
    /// The scan of a selective state space, Mamba's: what each channel remembers of a sequence depends on the sequence.
    ///
    /// hₜ = e^(Δₜ·A) ⊙ hₜ₋₁ + Δₜ·xₜ·Bₜ for each channel and each of N numbers, yₜ = Σ hₜ·Cₜ over them (Gu and Dao 2023,
    /// "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", algorithm 2). Neither the states of all steps nor
    /// their factors are ever in memory; the gradient computes them again from every 32nd. The term D·x is the caller's.
    ///
    /// ```swift
    /// let (y, last) = x.selectiveScan(step: delta.softplus(), decay: -logDecay.exp(), input: b, output: c)
    /// ```
    ///
    /// - Parameters:
    ///   - step: Δ, positive, in the shape of x: [batch, time, channels].
    ///   - decay: A, negative: [channels, N].
    ///   - input: B, [batch, time, N].
    ///   - output: C, [batch, time, N].
    ///   - initial: h₀, [batch, channels, N]; zeros where it is nil.
    /// - Returns: y in the shape of x, and the last h, with which the sequence can go on.
    public func selectiveScan(
        step: Tensor, decay: Tensor, input: Tensor, output: Tensor, initial: Tensor? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) -> (output: Tensor, last: Tensor) {
        let (site, name) = (CallSite(file: file, line: line), "selectiveScan")
        if rank != 3 { fail(name, "takes [batch, time, channels], not shape \(shape)", at: site) }
        if decay.rank != 2 || decay.shape[0] != shape[2] {
            fail(name, "a decay of shape \(decay.shape), where [\(shape[2]), states] is wanted", at: site)
        }
        let (row, states) = ([shape[0], shape[1], decay.shape[1]], [shape[0]] + decay.shape)
        for (what, tensor, wanted) in [
            ("step", step, shape), ("input", input, row), ("output", output, row),
            ("initial state", initial ?? step, initial == nil ? shape : states),
        ] where tensor.shape != wanted {
            fail(name, "\(what) of shape \(tensor.shape), where \(wanted) is wanted", at: site)
        }
        let inputs = TypeRule.statistic.promoted(
            [self, step, decay, input, output] + (initial.map { [$0] } ?? []))
        if inputs[0].dtype.isComplex {
            Tensor.refuseComplex(name, inputs[0].dtype, nil, insteadCall: "linearRecurrence", site)
        }
        let isRecorded = GradientMode.current == .recording && inputs.contains { $0.node != nil }
        let results = Tensor.applyAll(
            SelectiveScan(hasInitial: initial != nil, keepsStates: isRecorded), to: inputs, at: site)
        return (results[0], results[1])
    }
}

extension Operation {
    static let selectiveScan = Operation(
        "selectiveScan", dtypes: DType.realFloating,
        [
            Sample(
                "selective_scan(x, y, z, u, v, w)",
                [
                    Input([2, 5, 3]), Input([2, 5, 3], 0, 1), Input([3, 2], -2, 0), Input([2, 5, 2]),
                    Input([2, 5, 2]), Input([2, 3, 2]),
                ]
            ) {
                let (y, last) = $0[0].selectiveScan(
                    step: $0[1], decay: $0[2], input: $0[3], output: $0[4], initial: $0[5])
                return Tensor.cat([y.flatten(), last.flatten()])
            },
            Sample(
                "selective_scan(x, y, z, u, v)[:72]",
                [
                    Input([1, 4, 18]), Input([1, 4, 18], 0, 1), Input([18, 1], -2, 0), Input([1, 4, 1]),
                    Input([1, 4, 1]),
                ]
            ) {
                $0[0].selectiveScan(step: $0[1], decay: $0[2], input: $0[3], output: $0[4]).output.flatten()
            },
        ])
}

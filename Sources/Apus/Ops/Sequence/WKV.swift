import ApusKernelCalls

/// RWKV's weighted means; the inputs are keys, values, decay, the weight of the first occurrence and, if it is given, the three
/// parts of a state. The results are the means, the parts of the last state and, where a gradient is wanted, states that it
/// starts from.
struct WKV: Primitive {
    let hasState: Bool
    /// Whether there is a result for the gradient.
    let keepsStates: Bool

    var name: String { "wkv" }
    var types: TypeRule { .statistic }

    /// The exponent of a state only says how its other parts are written.
    func isDifferentiable(result index: Int) -> Bool { index < 3 }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = WKVInputs(inputs.map { $0.rowMajor() })
        let (shape, dtype) = (operands.shape, operands.key.dtype)
        let y = Tensor(uninitialized: operands.key.shape, dtype)
        let last = (0..<3).map { _ in Tensor(uninitialized: [shape.batch, shape.channels], dtype) }
        let kept = keepsStates ? Tensor(uninitialized: shape.keptShape, dtype) : nil
        kernels.wkv(shape, dtype, operands.addresses, into: y.base, last: WKVStates(last), kept: kept?.base)
        withExtendedLifetime(operands) {}
        // States stay in the type that it computes in: an exponent rounded to 16 bits would be another state.
        return [y.converted(to: inputs[0].dtype)] + last + [kept].compactMap { $0 }
    }

    func saved(for needs: [Bool]) -> Saved { [.inputs, .output(4)] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let indices = Array(backward.needs.indices)
        if GradientMode.current == .recording {
            return Tensor.pullback(backward, inputs: indices) { WKVInputs($0).composed()[backward.index] }
        }
        let inputs = indices.map { backward.input($0).detach() }
        // What was computed without a thought of gradients is computed again for them.
        let keeping = WKV(hasState: hasState, keepsStates: true)
        let kept = keepsStates ? backward.output(4) : Tensor.applyAll(keeping, to: inputs, at: nil)[4]
        let step = WKVGradient(hasState: hasState, result: backward.index)
        return Tensor.applyAll(step, to: inputs + [kept, backward.gradient], at: nil).prefix(inputs.count)
            .map { $0 }
    }

    func multiplyAdds(inputs: [Shape], result: Shape) -> Int { 4 * inputs[0].elementCount }
}

/// The gradients of the inputs of RWKV's means, for when they are not differentiated again.
///
/// The inputs are those of the means, the kept states, and the gradient of a result.
private struct WKVGradient: Primitive {
    let hasState: Bool
    /// Whose gradient it is: 0 for the means, 1 for the last numerator, 2 for the last denominator.
    let result: Int

    var name: String { "wkvGradient" }
    var isDifferentiable: Bool { false }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let count = hasState ? 7 : 4
        let operands = WKVInputs(inputs.prefix(count).map { $0.rowMajor() })
        let (shape, dtype) = (operands.shape, operands.key.dtype)
        let (kept, gradient) = (inputs[count].rowMajor(dtype), inputs[count + 1].rowMajor(dtype))
        let results =
            [operands.key, operands.value, operands.decay, operands.first].map {
                Tensor(uninitialized: $0.shape, dtype)
            } + (0..<3).map { _ in Tensor(uninitialized: [shape.batch, shape.channels], dtype) }
        func start(_ result: Int) -> UnsafeRawPointer? {
            result == self.result ? UnsafeRawPointer(gradient.start) : nil
        }
        kernels.wkvGradient(
            shape, dtype, operands.addresses, kept: kept.start, gradient: start(0), ofNumerator: start(1),
            ofDenominator: start(2),
            into: WKVGradients(
                key: results[0].base, value: results[1].base, decay: results[2].base, first: results[3].base,
                initial: WKVStates(Array(results[4...]))))
        withExtendedLifetime((operands, kept, gradient)) {}
        return zip(results, 0..<7).map { $1 < 4 ? $0.converted(to: inputs[0].dtype) : $0 }
    }
}

extension WKVStates {
    /// Of tensors that begin where their memory does.
    fileprivate init(_ parts: [Tensor]) {
        self.init(numerator: parts[0].start, denominator: parts[1].start, exponent: parts[2].start)
    }
}

/// The inputs of a `WKV` by their names.
private struct WKVInputs {
    let key, value, decay, first: Tensor
    /// Numerator, denominator and exponent.
    let state: [Tensor]?

    init(_ inputs: [Tensor]) {
        (key, value, decay, first) = (inputs[0], inputs[1], inputs[2], inputs[3])
        state = inputs.count > 4 ? Array(inputs[4...]) : nil
    }

    var shape: WKVShape { WKVShape(batch: key.shape[0], steps: key.shape[1], channels: key.shape[2]) }

    var addresses: WKVOperands {
        WKVOperands(
            key: key.start, value: value.start, decay: decay.start, first: first.start,
            initial: state.map { WKVStates($0) })
    }

    /// The means and the parts of the last state in tensor operations, to be differentiated again.
    ///
    /// The exponents that sums are written with are constants, but for that of the first state.
    func composed() -> [Tensor] {
        let type = key.dtype.computeType
        let (key, value, decay, first) = (key.to(type), value.to(type), decay.to(type), first.to(type))
        let shape = [key.shape[0], key.shape[2]]
        let state = key.onItsDevice {
            self.state
                ?? [.zeros(shape, dtype: type), .zeros(shape, dtype: type), .full(shape, -1e38, dtype: type)]
        }
        if key.shape[1] == 0 { return [self.value] + state }
        var top = state[2].detach()
        var tops: [Tensor] = []
        for key in key.detach().unbind(axis: 1) {
            top = (top + decay.detach()).maximum(key)
            tops.append(top)
        }
        func shifted(_ x: Tensor, from first: Tensor) -> Tensor {
            .cat([first.unsqueeze(1), x.narrow(axis: 1, start: 0, count: x.shape[1] - 1)], axis: 1)
        }
        let after = Tensor.stack(tops, axis: 1)
        let before = shifted(after, from: state[2])
        let (kept, added) = ((before + decay - after).exp(), (key - after).exp())
        let numerators = (added * value).linearRecurrence(decay: kept, initial: state[0])
        let denominators = added.linearRecurrence(decay: kept, initial: state[1])
        let exponent = first + key
        let largest = before.detach().maximum(exponent.detach())
        let (ofState, ofNew) = ((before - largest).exp(), (exponent - largest).exp())
        let sum = ofState * shifted(numerators, from: state[0]) + ofNew * value
        let total = ofState * shifted(denominators, from: state[1]) + ofNew
        func last(_ x: Tensor) -> Tensor {
            x.narrow(axis: 1, start: x.shape[1] - 1, count: 1).squeeze(axis: 1)
        }
        return [(sum / total).to(self.key.dtype), last(numerators), last(denominators), top]
    }
}

extension Tensor {
    /// RWKV's mean of the values so far, of each channel by itself; the tensor is the keys (Peng et al. 2023, "RWKV: Reinventing
    /// RNNs for the Transformer Era", equation 16; of RWKV-4).
    ///
    /// yₜ = (Σ e^((t-1-s)·w + kₛ)·vₛ + e^(u + kₜ)·vₜ) / (the same without v), with the sum over all s before t. Sums are kept in
    /// units of their largest weight (appendix D there), so that keys may be as large as they like. The gradient
    /// computes them again from every 32nd.
    ///
    /// ```swift
    /// let (y, state) = k.wkv(value: v, decay: -timeDecay.exp(), first: timeFirst)     // k and v: [batch, time, channels]
    /// ```
    ///
    /// - Parameters:
    ///   - value: v, in the shape of the keys: [batch, time, channels].
    ///   - decay: w, what is added to the exponents of all weights at each step, at most 0: [channels].
    ///   - first: u, what is added to the exponent of the step's own weight: [channels].
    ///   - state: what is remembered from before; nothing where it is nil.
    /// - Returns: y in the shape of the keys, and the last state, with which the sequence can go on.
    public func wkv(
        value: Tensor, decay: Tensor, first: Tensor, state: WKVState? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> (output: Tensor, state: WKVState) {
        let (site, name) = (CallSite(file: file, line: line), "wkv")
        if rank != 3 { fail(name, "takes [batch, time, channels], not shape \(shape)", at: site) }
        var wanted: [(String, Tensor, Shape)] = [
            ("values", value, shape), ("decay", decay, [shape[2]]), ("first", first, [shape[2]]),
        ]
        let names = ["numerator", "denominator", "exponent"]
        for (part, tensor) in zip(names, state?.parts ?? []) {
            wanted.append(("a state's \(part)", tensor, [shape[0], shape[2]]))
        }
        for (what, tensor, wanted) in wanted where tensor.shape != wanted {
            fail(name, "\(what) of shape \(tensor.shape), where \(wanted) is wanted", at: site)
        }
        let inputs = TypeRule.statistic.promoted([self, value, decay, first])
        if let dtype = (inputs + (state?.parts ?? [])).map(\.dtype).first(where: \.isComplex) {
            Tensor.refuseComplex(name, dtype, nil, insteadCall: "linearRecurrence", site)
        }
        // A state keeps its precision, and does not lend it to the means.
        let parts = (state?.parts ?? []).map { $0.to(inputs[0].dtype.computeType) }
        let isRecorded = GradientMode.current == .recording && (inputs + parts).contains { $0.node != nil }
        let results = Tensor.applyAll(
            WKV(hasState: state != nil, keepsStates: isRecorded), to: inputs + parts, at: site)
        return (
            results[0],
            WKVState(numerator: results[1], denominator: results[2], exponent: results[3])
        )
    }
}

extension Operation {
    static let wkv = Operation(
        "wkv", dtypes: DType.realFloating,
        [
            Sample(
                "wkv(x, y, z, u)[:30]", [Input([2, 5, 3]), Input([2, 5, 3]), Input([3], -2, 0), Input([3])]
            ) { $0[0].wkv(value: $0[1], decay: $0[2], first: $0[3]).output.flatten() },
            Sample(
                "wkv(x, y, z, u, v, w, a)",
                [
                    Input([1, 3, 18]), Input([1, 3, 18]), Input([18], -2, 0), Input([18]), Input([1, 18]),
                    Input([1, 18], 0.5, 2), Input([1, 18]),
                ]
            ) {
                let state = WKVState(numerator: $0[4], denominator: $0[5], exponent: $0[6])
                let (y, last) = $0[0].wkv(value: $0[1], decay: $0[2], first: $0[3], state: state)
                let scale = last.exponent.exp()
                return Tensor.cat(
                    [y.flatten(), (last.numerator * scale).flatten(), (last.denominator * scale).flatten()])
            },
        ])
}

import ApusKernelCalls

/// Causal linear attention, of [batch, heads, steps, channels]; the inputs are queries, keys, values and, if they are given, the
/// logarithms of decays, [batch, heads, steps], and the first states. The results are the sums of values and the last states.
struct LinearAttention: Primitive {
    let hasDecay: Bool
    let hasInitial: Bool

    var name: String { "linearAttention" }
    var types: TypeRule { .statistic }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = LinearAttentionInputs(inputs.map { $0.rowMajor() }, self)
        let dtype = operands.query.dtype
        let y = Tensor(uninitialized: operands.value.shape, dtype)
        let last = Tensor(uninitialized: operands.stateShape, dtype)
        kernels.linearAttention(
            operands.shape, dtype, operands.addresses, into: y.base, last: last.base)
        withExtendedLifetime(operands) {}
        return [y, last].map { $0.converted(to: inputs[0].dtype) }
    }

    func saved(for needs: [Bool]) -> Saved { .inputs }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let indices = Array(backward.needs.indices)
        if GradientMode.current == .recording {
            return Tensor.pullback(backward, inputs: indices) {
                LinearAttentionInputs($0, self).composed()[backward.index]
            }
        }
        let step = LinearAttentionGradient(attention: self, isOfLast: backward.index == 1)
        let inputs = indices.map { backward.input($0).detach() }
        return Tensor.applyAll(step, to: inputs + [backward.gradient], at: nil).prefix(inputs.count).map {
            $0
        }
    }

    func multiplyAdds(inputs: [Shape], result: Shape) -> Int { 2 * inputs[0].elementCount * inputs[2][3] }
}

/// The gradients of linear attention's inputs, for when they are not differentiated again.
///
/// The inputs are those of the attention, and the gradient of its sums or of the last states.
private struct LinearAttentionGradient: Primitive {
    let attention: LinearAttention
    /// Whether the gradient is that of the last states.
    let isOfLast: Bool

    var name: String { "linearAttentionGradient" }
    var attributes: [Attribute] { attention.attributes }
    var isDifferentiable: Bool { false }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = LinearAttentionInputs(inputs.dropLast().map { $0.rowMajor() }, attention)
        let dtype = operands.query.dtype
        let gradient = inputs[inputs.count - 1].rowMajor(dtype)
        let results =
            ([operands.query, operands.key, operands.value] + (operands.logDecay.map { [$0] } ?? []))
            .map { Tensor(uninitialized: $0.shape, dtype) }
        let initial = Tensor(uninitialized: operands.stateShape, dtype)
        let start = UnsafeRawPointer(gradient.start)
        kernels.linearAttentionGradient(
            operands.shape, dtype, operands.addresses, gradient: isOfLast ? nil : start,
            ofLast: isOfLast ? start : nil,
            into: LinearAttentionGradients(
                query: results[0].base, key: results[1].base, value: results[2].base,
                logDecay: results.count > 3 ? results[3].base : nil, initial: initial.base))
        withExtendedLifetime((operands, gradient)) {}
        return (results + [initial]).map { $0.converted(to: inputs[0].dtype) }
    }
}

/// The inputs of a linear attention by their names.
private struct LinearAttentionInputs {
    let query, key, value: Tensor
    let logDecay, initial: Tensor?

    init(_ inputs: [Tensor], _ attention: LinearAttention) {
        (query, key, value) = (inputs[0], inputs[1], inputs[2])
        logDecay = attention.hasDecay ? inputs[3] : nil
        initial = attention.hasInitial ? inputs[inputs.count - 1] : nil
    }

    var shape: LinearAttentionShape {
        LinearAttentionShape(
            sequences: query.shape[0] * query.shape[1], steps: query.shape[2], depth: query.shape[3],
            width: value.shape[3])
    }

    var stateShape: Shape { query.shape.prefix(2) + [query.shape[3], value.shape[3]] }

    var addresses: LinearAttentionOperands {
        LinearAttentionOperands(
            query: query.start, key: key.start, value: value.start,
            logDecay: logDecay.map { UnsafeRawPointer($0.start) },
            initial: initial.map { UnsafeRawPointer($0.start) })
    }

    /// The sums and the last states in tensor operations, to be differentiated again: chunks, one after the other.
    func composed() -> [Tensor] {
        let (steps, chunk) = (query.shape[2], 64)
        var state = initial ?? query.onItsDevice { .zeros(stateShape, dtype: query.dtype) }
        var parts: [Tensor] = []
        for start in stride(from: 0, to: steps, by: chunk) {
            let count = min(chunk, steps - start)
            func part(_ x: Tensor) -> Tensor { x.narrow(axis: 2, start: start, count: count) }
            let (q, k, v) = (part(query), part(key), part(value))
            let products = q.matmul(k.transpose(-1, -2))
            guard let logDecay else {
                parts.append(products.tril().matmul(v) + q.matmul(state))
                state = state + k.transpose(-1, -2).matmul(v)
                continue
            }
            // Nothing is left below -800, and differences of infinities do not come up.
            let sums = part(logDecay).clamp(min: -800).cumulativeSum(axis: 2).unsqueeze(3)
            let end = sums.narrow(axis: 2, start: count - 1, count: 1)
            let isLater = query.onItsDevice { Tensor.ones([count, count], dtype: .bool).triu(1) }
            let left = (sums - sums.transpose(-1, -2)).maskedFill(isLater, -Double.infinity).exp()
            parts.append((products * left).matmul(v) + (q * sums.exp()).matmul(state))
            state = state * end.exp() + (k * (end - sums).exp()).transpose(-1, -2).matmul(v)
        }
        return [parts.isEmpty ? value : .cat(parts, axis: 2), state]
    }
}

extension Tensor {
    /// Causal linear attention without its denominator: sums of the values so far, weighted by products of queries and keys,
    /// which may decay.
    ///
    /// Sₜ = e^lₜ·Sₜ₋₁ + kₜ·vₜᵀ and yₜ = Sₜᵀ·qₜ, which is Σ e^(lₛ₊₁ + … + lₜ)·(qₜ·kₛ)·vₛ over s ≤ t (Katharopoulos et al. 2020,
    /// "Transformers are RNNs"). With an lₕ for each head it is retention (Sun et al. 2023, "Retentive Network"), with one for
    /// each step too the state-space duality of Mamba-2 (Dao and Gu 2024, "Transformers are SSMs"). Steps are taken in chunks:
    /// time and memory grow with the length.
    ///
    /// Scales and feature maps such as elu(x) + 1 are the caller's, and so is the division by Σ qₜ·kₛ where it is wanted: it is
    /// what a last channel of ones in the values gives.
    ///
    /// ```swift
    /// let ones = Tensor.ones([batch, heads, time, 1])
    /// let (y, state) = (q.elu() + 1).linearAttention(key: k.elu() + 1, value: .cat([v, ones], axis: -1))
    /// let mean = y[..., ..<d] / (y[..., d...] + 1e-6)
    /// ```
    ///
    /// - Parameters:
    ///   - key: k, in the shape of the queries: [batch, heads, time, channels].
    ///   - value: v, [batch, heads, time, any number of channels].
    ///   - logDecay: l, of a shape that broadcasts to [batch, heads, time], at most 0 as a rule; -infinity forgets all. No decay
    ///     where it is nil.
    ///   - initial: S₀, [batch, heads, channels of the keys, channels of the values]; zeros where it is nil.
    /// - Returns: y in the shape of the values, and the last S, with which the sequence can go on.
    public func linearAttention(
        key: Tensor, value: Tensor, logDecay: Tensor? = nil, initial: Tensor? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) -> (output: Tensor, last: Tensor) {
        let (site, name) = (CallSite(file: file, line: line), "linearAttention")
        guard rank == 4, key.shape == shape, value.rank == 4, value.shape.dropLast() == shape.dropLast()
        else {
            fail(
                name,
                "queries of shape \(shape), keys of \(key.shape) and values of \(value.shape): they are "
                    + "[batch, heads, time, channels], alike but for the channels of values", at: site)
        }
        let states = Array(shape.prefix(2) + [shape[3], value.shape[3]])
        if let initial, initial.shape != states {
            fail(name, "an initial state of shape \(initial.shape), where \(states) is wanted", at: site)
        }
        let steps = Array(shape.prefix(3))
        if let logDecay, logDecay.rank > 3 || Shape.broadcast(logDecay.shape, steps) != steps {
            fail(
                name, "log decays of shape \(logDecay.shape) do not broadcast to shape \(steps)", at: site)
        }
        let inputs = TypeRule.statistic.promoted(
            [self, key, value] + [logDecay?.broadcast(to: steps), initial].compactMap { $0 })
        if inputs[0].dtype.isComplex {
            Tensor.refuseComplex(name, inputs[0].dtype, nil, insteadCall: "matmul", site)
        }
        let results = Tensor.applyAll(
            LinearAttention(hasDecay: logDecay != nil, hasInitial: initial != nil), to: inputs, at: site)
        return (results[0], results[1])
    }
}

extension Operation {
    static let linearAttention = Operation(
        "linearAttention", dtypes: DType.realFloating,
        [
            Sample(
                "linear_attention(x, y, z)[:24]",
                [Input([1, 2, 4, 2]), Input([1, 2, 4, 2]), Input([1, 2, 4, 3])]
            ) { $0[0].linearAttention(key: $0[1], value: $0[2]).output.flatten() },
            Sample(
                "linear_attention(x, y, z, u, v)",
                [
                    Input([2, 2, 3, 2]), Input([2, 2, 3, 2]), Input([2, 2, 3, 2]), Input([2, 2, 3], -2, 0),
                    Input([2, 2, 2, 2]),
                ]
            ) {
                let (y, last) = $0[0].linearAttention(
                    key: $0[1], value: $0[2], logDecay: $0[3], initial: $0[4])
                return Tensor.cat([y.flatten(), last.flatten()])
            },
            Sample(
                "linear_attention(x, y, z, u.expand(1, 2, 3))[:12]",
                [Input([1, 2, 3, 2]), Input([1, 2, 3, 2]), Input([1, 2, 3, 2]), Input([2, 1], -2, 0)]
            ) {
                $0[0].linearAttention(key: $0[1], value: $0[2], logDecay: $0[3]).output.flatten()
            },
        ])
}

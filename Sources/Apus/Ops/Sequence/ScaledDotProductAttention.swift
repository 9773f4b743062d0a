import ApusKernelCalls

/// Attention of queries to keys, all [batch, heads, positions, channels]; the inputs are queries, keys, values and what is
/// added to the scores, if it is given, and with dropout what its mask is computed from (`DropoutOrigin`). The results are the
/// sums of values and, where a gradient is wanted, the logarithms of the sums of exponentials.
struct ScaledDotProductAttention: Primitive {
    let isCausal: Bool
    let scale: Double
    let hasBias: Bool
    /// The share of the weights that are dropped.
    let dropout: Double
    /// Whether there is a result for the gradient.
    let keepsSums: Bool

    var name: String { "scaledDotProductAttention" }
    var types: TypeRule { .convolution }

    var inputCount: Int { 3 + (hasBias ? 1 : 0) + (dropout > 0 ? 1 : 0) }

    func isDifferentiable(result index: Int) -> Bool { index == 0 }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = AttentionInputs(inputs.map { $0.rowMajor() }, self)
        let (shape, dtype) = (operands.shape, operands.query.dtype)
        let y = Tensor(
            uninitialized: [shape.batch, shape.queryHeads, shape.queries, shape.width], dtype)
        let sums =
            keepsSums ? Tensor(uninitialized: [shape.batch, shape.queryHeads, shape.queries], dtype) : nil
        kernels.attention(shape, dtype, operands.addresses, into: y.base, logSums: sums?.base)
        withExtendedLifetime(operands) {}
        // What only the gradient reads stays in the type that it computes in.
        return [y.converted(to: inputs[0].dtype)] + [sums].compactMap { $0 }
    }

    func saved(for needs: [Bool]) -> Saved { [.inputs, .output(0), .output(1)] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let indices = Array(backward.needs.indices)
        // A bias that is learned needs the gradients of all scores.
        if GradientMode.current == .recording || hasBias && backward.needs[3] {
            return Tensor.pullback(backward, inputs: indices) { AttentionInputs($0, self).composed() }
        }
        let inputs = indices.map { backward.input($0).detach() }
        var results = [backward.output(0).detach()]
        if keepsSums {
            results.append(backward.output(1))
        } else {
            // What was computed without a thought of gradients is computed again for them.
            let keeping = ScaledDotProductAttention(
                isCausal: isCausal, scale: scale, hasBias: hasBias, dropout: dropout, keepsSums: true)
            results = Tensor.applyAll(keeping, to: inputs, at: nil)
        }
        let step = AttentionGradient(attention: self)
        let found = Tensor.applyAll(step, to: inputs + results + [backward.gradient], at: nil)
        return found.map { $0 } + Array(repeating: nil, count: inputCount - 3)
    }

    func multiplyAdds(inputs: [Shape], result: Shape) -> Int {
        let keys = inputs[1][2]
        return inputs[0].elementCount * keys + result.elementCount * keys
    }
}

/// The gradients of queries, keys and values, for when they are not differentiated again.
///
/// The inputs are those of the attention, its results, and the gradient.
private struct AttentionGradient: Primitive {
    let attention: ScaledDotProductAttention

    var name: String { "scaledDotProductAttentionGradient" }
    var attributes: [Attribute] { attention.attributes }
    var isDifferentiable: Bool { false }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let count = attention.inputCount
        let operands = AttentionInputs(inputs.prefix(count).map { $0.rowMajor() }, attention)
        let dtype = operands.query.dtype
        let rest = inputs.dropFirst(count).map { $0.rowMajor(dtype) }
        let results = [operands.query, operands.key, operands.value].map {
            Tensor(uninitialized: $0.shape, dtype)
        }
        kernels.attentionGradient(
            operands.shape, dtype, operands.addresses, y: rest[0].start, logSums: rest[1].start,
            gradient: rest[2].start, ofQuery: results[0].base, ofKey: results[1].base,
            ofValue: results[2].base)
        withExtendedLifetime((operands, rest)) {}
        return results.map { $0.converted(to: inputs[0].dtype) }
    }
}

/// The inputs of an attention by their names.
private struct AttentionInputs {
    let query, key, value: Tensor
    /// Of four axes, each of extent 1 or that of the scores.
    let bias: Tensor?
    let origin: Tensor?
    let attention: ScaledDotProductAttention

    init(_ inputs: [Tensor], _ attention: ScaledDotProductAttention) {
        (query, key, value) = (inputs[0], inputs[1], inputs[2])
        bias = attention.hasBias ? inputs[3] : nil
        origin = attention.dropout > 0 ? inputs.last : nil
        self.attention = attention
    }

    var shape: AttentionShape {
        AttentionShape(
            batch: query.shape[0], queryHeads: query.shape[1], heads: key.shape[1], queries: query.shape[2],
            keys: key.shape[2], depth: query.shape[3], width: value.shape[3], isCausal: attention.isCausal,
            scale: attention.scale)
    }

    var addresses: AttentionOperands {
        let added = bias.map { bias -> AttentionBias in
            var (strides, step) = ([0, 0, 0, 0], 1)
            for axis in (0..<4).reversed() {
                if bias.shape[axis] != 1 { strides[axis] = step }
                step *= bias.shape[axis]
            }
            return AttentionBias(
                start: bias.start, batch: strides[0], head: strides[1], query: strides[2], key: strides[3])
        }
        let dropped = origin.map { origin -> AttentionDropout in
            let stretch = RandomStretch(origin)
            return AttentionDropout(
                probability: attention.dropout, seed: stretch.state.seed, offset: stretch.state.offset,
                first: stretch.first)
        }
        return AttentionOperands(
            query: query.start, key: key.start, value: value.start, bias: added, dropout: dropped)
    }

    /// The shape of the weights, in which heads that share keys are an axis of their own.
    var weights: Shape {
        let group = shape.heads == 0 ? 1 : shape.queryHeads / shape.heads
        return [shape.batch, shape.heads, group, shape.queries, shape.keys]
    }

    /// The result in tensor operations, to be differentiated again, or for few queries.
    func composed() -> Tensor {
        let (shape, group) = (shape, weights[2])
        func grouped(_ x: Tensor) -> Tensor {
            x.shape[1] == 1
                ? x.unsqueeze(2)
                : x.reshape([x.shape[0], shape.heads, group] + x.shape.dropFirst(2))
        }
        let products = (grouped(query) * shape.scale).matmul(key.unsqueeze(2).transpose(-1, -2))
        var scores = bias.map { products + grouped($0) } ?? products
        if shape.isCausal {
            let isLater = query.onItsDevice {
                Tensor.ones([shape.queries, shape.keys], dtype: .bool).triu(1)
            }
            scores = scores.maskedFill(isLater, -Double.infinity)
        }
        let result = [shape.batch, shape.queryHeads, shape.queries, shape.width]
        if shape.keys == 0 { return scores.matmul(value.unsqueeze(2)).reshape(result) }
        // A query that sees no key gets nothing.
        let isBlind = scores.detach().max(axes: [-1], keepDims: true) .== -Double.infinity
        var weights = scores.maskedFill(isBlind, 0).softmax().maskedFill(isBlind, 0)
        if let origin {
            weights = Tensor.apply(DropoutMask(p: attention.dropout), to: [weights, origin], at: nil)
        }
        return weights.matmul(value.unsqueeze(2)).reshape(result)
    }
}

extension Tensor {
    /// softmax(Q·Kᵀ·scale + mask)·V, attention (Vaswani et al. 2017, "Attention Is All You Need", equation 1).
    ///
    /// Scores are computed in tiles that stay in a core's cache, and again for the gradient (Dao et al. 2022,
    /// "FlashAttention"), as is what a dropout drops: memory grows with the length, not with its square. Up to sixteen queries,
    /// for the gradient of a mask and for gradients of gradients all scores are computed at a time. A query that sees no key
    /// has a result of zeros.
    ///
    /// ```swift
    /// let y = q.scaledDotProductAttention(key: k, value: v, isCausal: true)     // [batch, heads, time, channels] each
    /// ```
    ///
    /// - Parameters:
    ///   - key: [batch…, heads, keys, channels], with as many channels as the queries, [batch…, heads, queries, channels]. There
    ///     may be fewer heads, each of which serves neighboring heads of the queries (grouped-query attention).
    ///   - value: [batch…, heads, keys, any number of channels].
    ///   - mask: what broadcasts to [batch…, heads, queries, keys]: booleans, of which true takes part, or numbers that are
    ///     added to the scores.
    ///   - isCausal: query i sees keys 0 to i.
    ///   - scale: 1/√channels where it is nil.
    ///   - dropout: the share of the weights that are dropped, where it is training; the others are divided by the share of
    ///     them. Which ones the default generator says, a number for each weight in the order [batch…, heads, queries, keys].
    /// - Returns: [batch…, heads, queries, channels of the values].
    public func scaledDotProductAttention(
        key: Tensor, value: Tensor, mask: Tensor? = nil, isCausal: Bool = false, scale: Double? = nil,
        dropout: Double = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (site, name) = (CallSite(file: file, line: line), "scaledDotProductAttention")
        let shapes = "queries of shape \(shape), keys of \(key.shape) and values of \(value.shape)"
        guard rank >= 2, key.rank == rank, value.rank == rank, key.shape.last == shape.last,
            key.shape.dropLast() == value.shape.dropLast(),
            rank < 4 || shape.prefix(rank - 3) == key.shape.prefix(rank - 3)
        else {
            fail(
                name, "\(shapes): they are [batch…, heads, positions, channels], alike but for heads",
                at: site)
        }
        let heads = (rank > 2 ? shape[rank - 3] : 1, rank > 2 ? key.shape[rank - 3] : 1)
        if heads.0 != heads.1 && (heads.1 == 0 || heads.0 % heads.1 != 0) {
            fail(name, "\(shapes): \(heads.0) heads are no multiple of \(heads.1)", at: site)
        }
        if !(0..<1 ~= dropout) {
            fail(name, "a dropout of \(dropout); it must be from 0 to below 1", at: site)
        }
        let result = Array(shape.dropLast() + [value.shape[rank - 1]])
        let wide = Array(shape.dropLast() + [key.shape[rank - 2]])
        if let mask {
            guard mask.rank <= rank, Shape.broadcast(mask.shape, wide) == wide,
                mask.dtype == .bool || mask.dtype.isFloatingPoint
            else {
                fail(
                    name,
                    "a mask of \(mask.dtype) and shape \(mask.shape), where booleans or numbers that "
                        + "broadcast to \(wide) are wanted", at: site)
            }
        }
        for tensor in [self, key, value] where tensor.dtype.isComplex {
            Tensor.refuseComplex(name, tensor.dtype, nil, insteadCall: "matmul and softmax", site)
        }
        /// As four axes: the batch's as one.
        func four(_ x: Tensor) -> Tensor {
            let full = Array(repeating: 1, count: Swift.max(0, 3 - x.rank)) + x.shape
            let batch = full.dropLast(3).reduce(1, *)
            return x.reshape([batch] + full.suffix(3))
        }
        var added = mask.map { mask -> Tensor in
            if mask.dtype != .bool { return mask }
            let dtype = dtype.isFloatingPoint ? dtype : .float32
            return mask.onItsDevice {
                Tensor.zeros(mask.shape, dtype: dtype).maskedFill(mask.logicalNot(), -Double.infinity)
            }
        }
        if let bias = added, rank > 4, bias.rank > 3, !bias.shape.dropLast(3).allSatisfy({ $0 == 1 }) {
            added = bias.broadcast(to: shape.dropLast(3) + bias.shape.suffix(3))
        }
        var inputs = TypeRule.convolution.promoted(
            [four(self), four(key), four(value)] + (added.map { [four($0)] } ?? []))
        let isRecorded = GradientMode.current == .recording && inputs.contains { $0.node != nil }
        let attention = ScaledDotProductAttention(
            isCausal: isCausal, scale: scale ?? 1 / Double(Swift.max(shape[rank - 1], 1)).squareRoot(),
            hasBias: mask != nil, dropout: wide.contains(0) ? 0 : dropout, keepsSums: isRecorded)
        let rows = BatchRows.said ?? (rank > 2 ? .axis(0) : nil)
        if attention.dropout > 0 {
            let origin = DropoutOrigin(shape: wide, generator: .default, rows: rows)
            inputs.append(onItsDevice { Tensor.apply(origin, to: [], at: site) })
        } else if dropout > 0, BatchPart.current != nil {
            // A part without rows, whose generator goes on like those of the others.
            _ = RandomGenerator.default.draw(wide, rows: rows, "dropout")
        }
        // In tiles weights are numbered in one run.
        var isFused = shape[rank - 2] > 16 && key.shape[rank - 2] > 0
        if attention.dropout > 0, case .axis(let axis, _)? = rows, axis % rank != 0 { isFused = false }
        let y =
            isFused
            ? Tensor.applyAll(attention, to: inputs, at: site)[0]
            : onItsDevice { AttentionInputs(inputs, attention).composed() }
        return y.reshape(result)
    }
}

extension Operation {
    static let scaledDotProductAttention = Operation(
        "scaledDotProductAttention", dtypes: DType.realFloating,
        [
            Sample(
                "F.scaled_dot_product_attention(x, y, z)",
                [Input([2, 2, 17, 3]), Input([2, 2, 5, 3]), Input([2, 2, 5, 4])]
            ) { $0[0].scaledDotProductAttention(key: $0[1], value: $0[2]) },
            Sample(
                "F.scaled_dot_product_attention(x, y, z, is_causal=True, scale=0.7)",
                [Input([1, 18, 2]), Input([1, 18, 2]), Input([1, 18, 2])]
            ) { $0[0].scaledDotProductAttention(key: $0[1], value: $0[2], isCausal: true, scale: 0.7) },
            Sample(
                "F.scaled_dot_product_attention(x, y, z, u)",
                [Input([2, 2, 17, 2]), Input([2, 2, 3, 2]), Input([2, 2, 3, 2]), Input([2, 1, 17, 3])]
            ) { $0[0].scaledDotProductAttention(key: $0[1], value: $0[2], mask: $0[3]) },
            Sample(
                "F.scaled_dot_product_attention(x, y, z, u, enable_gqa=True)",
                [
                    Input([1, 4, 3, 2]), Input([1, 2, 4, 2]), Input([1, 2, 4, 3]),
                    Input([4, 3, 4], dtype: .bool),
                ]
            ) { $0[0].scaledDotProductAttention(key: $0[1], value: $0[2], mask: $0[3]) },
        ])
}

import ApusCore
import ApusKernelBase

extension Kernels {
    /// The gradients of causal linear attention; see `SequenceCalls`.
    package static func linearAttentionGradient(
        _ shape: LinearAttentionShape, _ dtype: DType, _ operands: LinearAttentionOperands,
        gradient: UnsafeRawPointer?, ofLast: UnsafeRawPointer?, into gradients: LinearAttentionGradients
    ) {
        withRowType(dtype) {
            LinearAttention($0, shape, operands).runGradient(gradient, ofLast, gradients)
        } _: {
            LinearAttention($0, shape, operands).runGradient(gradient, ofLast, gradients)
        }
    }
}

extension LinearAttention {
    // Of a chunk, with W what is left of step s at t, f and e what is left from the start and to the end, S the state before
    // it and R the gradient of that after it, P = (Q Kᵀ) W and G = (dY Vᵀ) W, both where s ≤ t:
    // dQ = G K + f dY Sᵀ, dK = Gᵀ Q + e V Rᵀ, dV = Pᵀ dY + e K R, and R = f R + Qᵀ f dY for the chunk before.
    // A logarithm is in all that is left across its step: dlⱼ = Σ PG/W over t ≥ j > s, + Σ q·(dq of S) over t ≥ j,
    // + Σ k·(dk of R) over s < j, + f R·S.
    // The states are computed again, transposed: once forward, and kept.
    @inline(__always)
    fileprivate func runGradient(
        _ gradient: UnsafeRawPointer?, _ ofLast: UnsafeRawPointer?, _ gradients: LinearAttentionGradients
    ) {
        let gradient = gradient?.assumingMemoryBound(to: T.self)
        let ofLast = ofLast?.assumingMemoryBound(to: T.self)
        let ofQuery = gradients.query.assumingMemoryBound(to: T.self)
        let ofKey = gradients.key.assumingMemoryBound(to: T.self)
        let ofValue = gradients.value.assumingMemoryBound(to: T.self)
        let ofDecay = gradients.logDecay?.assumingMemoryBound(to: T.self)
        let ofInitial = gradients.initial.assumingMemoryBound(to: T.self)
        let (depth, width, steps, chunk) = (shape.depth, shape.width, shape.steps, Self.chunk)
        let (depthRange, widthRange) = (0..<depthPanels, 0..<widthPanels)
        let cost = steps * (3 * chunk + 6 * max(depth, 1)) * max(width, 1) / 8
        Parallel.tasks(shape.sequences, cost: cost) { sequence in
            let stateSize = widthRows * depthColumns
            let scratch = Scratch<T>([
                rows * depthRows, rows * depthRows, rows * widthRows, rows * widthRows,
                Panels<T>.size(depth: chunk, columns: depth), Panels<T>.size(depth: chunk, columns: depth),
                Panels<T>.size(depth: chunk, columns: width), Panels<T>.size(depth: depth, columns: chunk),
                Panels<T>.size(depth: width, columns: chunk), rows * scoreStride, rows * scoreStride,
                rows * max(depthColumns, widthColumns), depthRows * widthColumns, stateSize,
                max(chunks, 1) * stateSize, ChunkDecay<T>.elementCount(chunk), 4 * chunk,
            ])
            let (queries, keys) = (scratch[0], scratch[1])
            let (values, upstream) = (scratch[2], scratch[3])
            let (queryPanels, keyPanels, upstreamPanels) = (
                Panels(start: scratch[4], depth: chunk), Panels(start: scratch[5], depth: chunk),
                Panels(start: scratch[6], depth: chunk)
            )
            let keysAcross = Panels(start: scratch[7], depth: depth)
            let valuesAcross = Panels(start: scratch[8], depth: width)
            let (scores, flows, sums) = (scratch[9], scratch[10], scratch[11])
            let flow = Panels(start: scratch[12], depth: depthRows)
            let flowAcross = Panels(start: scratch[13], depth: widthRows)
            func state(_ index: Int) -> Panels<T> {
                Panels(start: scratch[14] + index * stateSize, depth: widthRows)
            }
            var decay = ChunkDecay(logDecay.map { $0 + sequence * steps }, scratch[15], chunk: chunk)
            let totals = DecayTotals(scratch[16], chunk)
            let matrix = sequence * depth * width
            read(initial.map { $0 + matrix }, width, depth, 1, width, into: state(0))
            for index in 1..<max(chunks, 1) {
                let start = (index - 1) * chunk
                let position = sequence * steps + start
                decay.read(start, chunk)
                copy(key + position * depth, chunk, depth, rows: chunk, into: keys, depthRows)
                decay.scale(keys, depthRows, chunk, by: decay.toEnd)
                keyPanels.fill(keys, rows: chunk, columns: depth, stride: depthRows)
                copy(value + position * width, chunk, width, rows: chunk, into: values, widthRows)
                let (before, after) = (state(index - 1), state(index))
                after.start.update(from: before.start, count: stateSize)
                decay.scale(after.start, stateSize)
                add(values, widthRows, keyPanels, depthPanels, chunk, to: after)
            }
            read(ofLast.map { $0 + matrix }, depth, width, width, 1, into: flow)
            read(ofLast.map { $0 + matrix }, width, depth, 1, width, into: flowAcross)
            for index in (0..<chunks).reversed() {
                let start = index * chunk
                let (count, position) = (min(chunk, steps - start), sequence * steps + start)
                let (filled, state) = (padded(count), state(index))
                decay.read(start, count)
                copy(query + position * depth, count, depth, rows: rows, into: queries, depthRows)
                copy(key + position * depth, count, depth, rows: rows, into: keys, depthRows)
                copy(value + position * width, count, width, rows: rows, into: values, widthRows)
                if let gradient {
                    copy(gradient + position * width, count, width, rows: rows, into: upstream, widthRows)
                } else {
                    upstream.update(repeating: 0, count: rows * widthRows)
                }
                queryPanels.fill(queries, rows: count, columns: depth, stride: depthRows)
                keyPanels.fill(keys, rows: count, columns: depth, stride: depthRows)
                upstreamPanels.fill(upstream, rows: count, columns: width, stride: widthRows)
                keysAcross.fillTransposed(keys, columns: count, padded: chunk, stride: depthRows)
                valuesAcross.fillTransposed(values, columns: count, padded: chunk, stride: widthRows)
                totals.clear()
                for row in stride(from: 0, to: count, by: tileRows) {
                    let panels = 0..<Panels<T>.count(min(row + tileRows, count))
                    let (scores, flows) = (scores + row * scoreStride, flows + row * scoreStride)
                    keysAcross.multiply(
                        queries + row * depthRows, depthRows, rows: tileRows, panels: panels,
                        depths: 0..<depth, into: scores, scoreStride, accumulate: false)
                    valuesAcross.multiply(
                        upstream + row * widthRows, widthRows, rows: tileRows, panels: panels,
                        depths: 0..<width, into: flows, scoreStride, accumulate: false)
                    for step in row..<(row + tileRows) {
                        let at = (step - row) * scoreStride
                        let (scores, flows) = (scores + at, flows + at)
                        if decay.isThere && step < count {
                            decay.weigh(step)
                            totals.add(step, scores, flows, decay.weights)
                        }
                        for i in min(step + 1, count)..<scoreStride { (scores[i], flows[i]) = (0, 0) }
                    }
                }
                state.multiply(
                    upstream, widthRows, rows: filled, panels: depthRange, depths: 0..<width, into: sums,
                    depthColumns, accumulate: false)
                decay.scale(sums, depthColumns, count, by: decay.fromStart)
                if decay.isThere {
                    dot(queries, depthRows, sums, depthColumns, count, depth, into: totals.ofStart)
                }
                for row in stride(from: 0, to: count, by: tileRows) {
                    keyPanels.multiply(
                        flows + row * scoreStride, scoreStride, rows: tileRows, panels: depthRange,
                        depths: 0..<min(row + tileRows, count), into: sums + row * depthColumns,
                        depthColumns, accumulate: true)
                }
                write(sums, depthColumns, count, depth, into: ofQuery + position * depth)
                flowAcross.multiply(
                    values, widthRows, rows: filled, panels: depthRange, depths: 0..<width, into: sums,
                    depthColumns, accumulate: false)
                decay.scale(sums, depthColumns, count, by: decay.toEnd)
                if decay.isThere {
                    dot(keys, depthRows, sums, depthColumns, count, depth, into: totals.toEnd)
                }
                for row in stride(from: 0, to: count, by: tileRows) {
                    queryPanels.multiply(
                        flows + row * scoreStride + row, 1, scoreStride, rows: tileRows, panels: depthRange,
                        depths: row..<count, into: sums + row * depthColumns, depthColumns,
                        accumulate: true)
                }
                write(sums, depthColumns, count, depth, into: ofKey + position * depth)
                flow.multiply(
                    keys, depthRows, rows: filled, panels: widthRange, depths: 0..<depth, into: sums,
                    widthColumns, accumulate: false)
                decay.scale(sums, widthColumns, count, by: decay.toEnd)
                for row in stride(from: 0, to: count, by: tileRows) {
                    upstreamPanels.multiply(
                        scores + row * scoreStride + row, 1, scoreStride, rows: tileRows, panels: widthRange,
                        depths: row..<count, into: sums + row * widthColumns, widthColumns,
                        accumulate: true)
                }
                write(sums, widthColumns, count, width, into: ofValue + position * width)
                decay.scale(flow.start, depthRows * widthColumns)
                decay.scale(flowAcross.start, stateSize)
                if let ofDecay {
                    var whole: T = 0
                    for i in 0..<stateSize { whole += flowAcross.start[i] * state.start[i] }
                    totals.write(count, whole, into: ofDecay + position)
                }
                decay.scale(queries, depthRows, count, by: decay.fromStart)
                decay.scale(upstream, widthRows, count, by: decay.fromStart)
                add(queries, depthRows, upstreamPanels, widthPanels, count, to: flow)
                add(upstream, widthRows, queryPanels, depthPanels, count, to: flowAcross)
            }
            write(flow, depth, width, into: ofInitial + matrix)
            withExtendedLifetime(scratch) {}
        }
    }

    /// The first columns of rows.
    @inline(__always)
    private func write(
        _ source: UnsafePointer<T>, _ stride: Int, _ count: Int, _ columns: Int,
        into target: UnsafeMutablePointer<T>
    ) {
        for row in 0..<count {
            (target + row * columns).update(from: source + row * stride, count: columns)
        }
    }

    /// The products of rows with each other.
    @inline(__always)
    private func dot(
        _ a: UnsafePointer<T>, _ aStride: Int, _ b: UnsafePointer<T>, _ bStride: Int, _ count: Int,
        _ columns: Int, into result: UnsafeMutablePointer<T>
    ) {
        for row in 0..<count {
            let (a, b) = (a + row * aStride, b + row * bStride)
            var sum: T = 0
            for i in 0..<columns { sum += a[i] * b[i] }
            result[row] = sum
        }
    }
}

/// What the gradients of a chunk's logarithms of decays are made of.
private struct DecayTotals<T: RowElement> {
    /// Of each step what comes from the state before the chunk, and what goes into that after it.
    let ofStart, toEnd: UnsafeMutablePointer<T>
    /// Of each step the sum of what it takes from those before it, and of what it gives to those after it.
    private let taken, given: UnsafeMutablePointer<T>
    private let chunk: Int

    init(_ memory: UnsafeMutablePointer<T>, _ chunk: Int) {
        (ofStart, toEnd) = (memory, memory + chunk)
        (taken, given, self.chunk) = (memory + 2 * chunk, memory + 3 * chunk, chunk)
    }

    func clear() { given.update(repeating: 0, count: chunk) }

    /// Weighs the scores and flows of a step, and counts their products.
    @inline(__always)
    func add(
        _ step: Int, _ scores: UnsafeMutablePointer<T>, _ flows: UnsafeMutablePointer<T>,
        _ weights: UnsafePointer<T>
    ) {
        var total: T = 0
        for i in 0..<step {
            scores[i] *= weights[i]
            let product = scores[i] * flows[i]
            flows[i] *= weights[i]
            given[i] += product
            total += product
        }
        taken[step] = total
    }

    /// The gradients of the logarithms; `whole` is what goes through the state across all of the chunk.
    func write(_ count: Int, _ whole: T, into result: UnsafeMutablePointer<T>) {
        var later = 0.0
        for i in 0..<count { later += Double(ofStart[i]) }
        var (across, earlier) = (0.0, 0.0)
        for i in 0..<count {
            result[i] = T(across + later + earlier + Double(whole))
            across += Double(given[i]) - Double(taken[i])
            later -= Double(ofStart[i])
            earlier += Double(toEnd[i])
        }
    }
}

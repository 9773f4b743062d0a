import ApusCore
import ApusKernelBase

extension Kernels {
    /// The gradients of attention; see `SequenceCalls`.
    package static func attentionGradient(
        _ shape: AttentionShape, _ dtype: DType, _ operands: AttentionOperands, y: UnsafeRawPointer,
        logSums: UnsafeRawPointer, gradient: UnsafeRawPointer, ofQuery: UnsafeMutableRawPointer,
        ofKey: UnsafeMutableRawPointer, ofValue: UnsafeMutableRawPointer
    ) {
        if shape.batch * shape.heads == 0 { return }
        withRowType(dtype) {
            Attention($0, shape, operands).runGradient(y, logSums, gradient, ofQuery, ofKey, ofValue)
        } _: {
            Attention($0, shape, operands).runGradient(y, logSums, gradient, ofQuery, ofKey, ofValue)
        }
    }
}

extension Attention {
    // With P = exp(S - log Σ exp S) the weights, computed again tile by tile: dV = Pᵀ dY, dS = P (dY Vᵀ - Σ dY Y),
    // dQ = dS K and dK = dSᵀ Q, both times the scale. With the factors M of a dropout, drawn again, dV = (P M)ᵀ dY and
    // dS = P (M dY Vᵀ - Σ dY Y). A unit has all queries of a head of keys, so that nobody else adds to its sums.
    @inline(__always)
    fileprivate func runGradient(
        _ y: UnsafeRawPointer, _ logSums: UnsafeRawPointer, _ gradient: UnsafeRawPointer,
        _ ofQuery: UnsafeMutableRawPointer, _ ofKey: UnsafeMutableRawPointer,
        _ ofValue: UnsafeMutableRawPointer
    ) {
        let (y, logSums) = (y.assumingMemoryBound(to: T.self), logSums.assumingMemoryBound(to: T.self))
        let gradient = gradient.assumingMemoryBound(to: T.self)
        let ofQuery = ofQuery.assumingMemoryBound(to: T.self)
        let ofKey = ofKey.assumingMemoryBound(to: T.self)
        let ofValue = ofValue.assumingMemoryBound(to: T.self)
        let (depth, width, keys) = (shape.depth, shape.width, shape.keys)
        let (rows, columns) = (Self.tileQueries, Self.tileKeys)
        let (depthPanels, widthPanels) = (Panels<T>.count(depth), Panels<T>.count(width))
        let paddedDepth = depthPanels * T.panelColumns
        Parallel.tasks(
            shape.batch * shape.heads, cost: group * shape.queries * keys * (depth + width) / 4
        ) { unit in
            let keyRows = Panels<T>.size(depth: paddedKeys, columns: depth)
            let values = Panels<T>.size(depth: width, columns: paddedKeys)
            let keySums = paddedKeys * (paddedDepth + paddedWidth)
            let tile = rows * (depth + width + 2 * columns + 2 * paddedDepth + paddedWidth + 1)
            let storage = Storage(
                byteCount: (keyPanels + keyRows + values + keySums + tile) * MemoryLayout<T>.size)
            var next = storage.pointer.assumingMemoryBound(to: T.self)
            func take(_ count: Int) -> UnsafeMutablePointer<T> {
                defer { next += count }
                return next
            }
            let keysAcross = Panels(start: take(keyPanels), depth: depth)
            let keysDown = Panels(start: take(keyRows), depth: paddedKeys)
            let valuesAcross = Panels(start: take(values), depth: width)
            let (dK, dV) = (take(paddedKeys * paddedDepth), take(paddedKeys * paddedWidth))
            let (queries, upstream) = (take(rows * depth), take(rows * width))
            let (weights, flows) = (take(rows * columns), take(rows * columns))
            let (dQ, means) = (take(rows * paddedDepth), take(rows))
            let queryPanels = Panels(start: take(rows * paddedDepth), depth: rows)
            let upstreamPanels = Panels(start: take(rows * paddedWidth), depth: rows)
            let (source, sourceValues) = (key + unit * keys * depth, value + unit * keys * width)
            keysAcross.fillTransposed(source, columns: keys, padded: paddedKeys, stride: depth)
            keysDown.fill(source, rows: keys, columns: depth, stride: depth)
            valuesAcross.fillTransposed(sourceValues, columns: keys, padded: paddedKeys, stride: width)
            dK.update(repeating: 0, count: keySums)
            for head in (unit * group)..<((unit + 1) * group) {
                for index in 0..<queryTiles {
                    let first = index * rows
                    let count = min(rows, shape.queries - first)
                    let filled = (count + tileRows - 1) / tileRows * tileRows
                    let position = head * shape.queries + first
                    let drops = dropout.map {
                        DroppedWeights($0, self, head: head, first: first, count: count)
                    }
                    readQueries(head, first, count, into: queries)
                    for i in 0..<(count * width) { upstream[i] = gradient[position * width + i] }
                    (upstream + count * width).update(repeating: 0, count: (rows - count) * width)
                    queryPanels.fill(queries, rows: rows, columns: depth, stride: depth)
                    upstreamPanels.fill(upstream, rows: rows, columns: width, stride: width)
                    dQ.update(repeating: 0, count: rows * paddedDepth)
                    for row in 0..<count {
                        let (dy, y) = (upstream + row * width, y + (position + row) * width)
                        var mean: T = 0
                        for i in 0..<width { mean += dy[i] * y[i] }
                        means[row] = mean
                    }
                    for start in stride(from: 0, to: seenKeys(index), by: columns) {
                        score(keysAcross, queries, head, first, count, start, into: weights)
                        let panel = start / T.panelColumns
                        valuesAcross.multiply(
                            upstream, width, rows: filled,
                            panels: panel..<(panel + columns / T.panelColumns), depths: 0..<width,
                            into: flows,
                            columns, accumulate: false)
                        for row in 0..<count {
                            let (weights, flows) = (weights + row * columns, flows + row * columns)
                            let (logSum, mean) = (logSums[position + row], means[row])
                            for i in 0..<columns { weights[i] = T.exponential(weights[i] - logSum) }
                            if let drops {
                                drops.flow(weights, flows, mean, row, start)
                            } else {
                                for i in 0..<columns { flows[i] = weights[i] * (flows[i] - mean) }
                            }
                        }
                        let rest = (rows - count) * columns
                        (weights + count * columns).update(repeating: 0, count: rest)
                        (flows + count * columns).update(repeating: 0, count: rest)
                        upstreamPanels.multiply(
                            weights, 1, columns, rows: columns, panels: 0..<widthPanels, depths: 0..<rows,
                            into: dV + start * paddedWidth, paddedWidth, accumulate: true)
                        queryPanels.multiply(
                            flows, 1, columns, rows: columns, panels: 0..<depthPanels, depths: 0..<rows,
                            into: dK + start * paddedDepth, paddedDepth, accumulate: true)
                        keysDown.multiply(
                            flows, columns, rows: filled, panels: 0..<depthPanels,
                            depths: start..<(start + columns), into: dQ, paddedDepth, accumulate: true)
                    }
                    let scale = T(shape.scale)
                    for row in 0..<count {
                        let (sum, target) = (dQ + row * paddedDepth, ofQuery + (position + row) * depth)
                        for i in 0..<depth { target[i] = sum[i] * scale }
                    }
                    withExtendedLifetime(drops) {}
                }
            }
            // The queries were read times the scale.
            for row in 0..<keys {
                (ofKey + (unit * keys + row) * depth).update(from: dK + row * paddedDepth, count: depth)
                (ofValue + (unit * keys + row) * width).update(from: dV + row * paddedWidth, count: width)
            }
            withExtendedLifetime(storage) {}
        }
    }
}

import ApusCore
import ApusKernelBase

extension Kernels {
    /// Scaled dot-product attention; see `SequenceCalls`.
    package static func attention(
        _ shape: AttentionShape, _ dtype: DType, _ operands: AttentionOperands,
        into y: UnsafeMutableRawPointer, logSums: UnsafeMutableRawPointer?
    ) {
        if shape.batch * shape.queryHeads * shape.queries == 0 { return }
        withRowType(dtype) {
            Attention($0, shape, operands).run(into: y, logSums)
        } _: {
            Attention($0, shape, operands).run(into: y, logSums)
        }
    }
}

/// Attention in tiles of queries and keys whose scores never leave a core's cache (Dao et al. 2022, "FlashAttention"): of each
/// query the largest score so far, the sum of exponentials and the sum of values are kept, and rescaled where a larger
/// score comes.
struct Attention<T: TileElement> {
    /// Queries and keys of a tile: multiples of the rows, and of the columns, that fit the registers.
    static var tileQueries: Int { 48 }
    static var tileKeys: Int { 96 }

    let shape: AttentionShape
    let query, key, value: UnsafePointer<T>
    let bias: AttentionBias?
    let dropout: AttentionDropout?

    init(_: T.Type, _ shape: AttentionShape, _ operands: AttentionOperands) {
        self.shape = shape
        query = operands.query.assumingMemoryBound(to: T.self)
        key = operands.key.assumingMemoryBound(to: T.self)
        value = operands.value.assumingMemoryBound(to: T.self)
        bias = operands.bias
        dropout = operands.dropout
    }

    /// Keys, and what fills the last tile.
    var paddedKeys: Int { (shape.keys + Self.tileKeys - 1) / Self.tileKeys * Self.tileKeys }
    var queryTiles: Int { (shape.queries + Self.tileQueries - 1) / Self.tileQueries }
    /// Columns of the panels of values.
    var paddedWidth: Int { Panels<T>.count(shape.width) * T.panelColumns }
    var keyPanels: Int { Panels<T>.size(depth: shape.depth, columns: paddedKeys) }
    /// Query heads that a head of keys serves.
    var group: Int { shape.queryHeads / shape.heads }

    /// The keys that some of a tile's queries see.
    @inline(__always)
    func seenKeys(_ tile: Int) -> Int {
        if !shape.isCausal { return shape.keys }
        return min(shape.keys, min(shape.queries, (tile + 1) * Self.tileQueries))
    }

    @inline(__always)
    fileprivate func run(into y: UnsafeMutableRawPointer, _ logSums: UnsafeMutableRawPointer?) {
        let y = y.assumingMemoryBound(to: T.self)
        let logSums = logSums?.assumingMemoryBound(to: T.self)
        let (depth, width, keys) = (shape.depth, shape.width, shape.keys)
        let valuePanels = Panels<T>.size(depth: paddedKeys, columns: width)
        let all = shape.batch * shape.heads
        let storage = Storage(byteCount: max(1, all * (keyPanels + valuePanels)) * MemoryLayout<T>.size)
        let packed = storage.pointer.assumingMemoryBound(to: T.self)
        Parallel.units(all, cost: keys * (depth + width)) { head in
            let start = packed + head * (keyPanels + valuePanels)
            Panels(start: start, depth: depth).fillTransposed(
                key + head * keys * depth, columns: keys, padded: paddedKeys, stride: depth)
            Panels(start: start + keyPanels, depth: paddedKeys).fill(
                value + head * keys * width, rows: keys, columns: width, stride: width)
        }
        let (rows, columns) = (Self.tileQueries, Self.tileKeys)
        let cost = rows * keys * (depth + width) / 8
        Parallel.tasks(shape.batch * shape.queryHeads * queryTiles, cost: cost) { unit in
            // Causal tiles of many keys first: the last unit should not be the longest.
            let tile = queryTiles - 1 - unit % queryTiles
            let head = unit / queryTiles
            let start = packed + head / group * (keyPanels + valuePanels)
            let keyPanel = Panels(start: start, depth: depth)
            let valuePanel = Panels(start: start + keyPanels, depth: paddedKeys)
            let scratch = Storage(
                byteCount: (rows * (depth + columns + paddedWidth) + 2 * rows + 16) * MemoryLayout<T>.size)
            let queries = scratch.pointer.assumingMemoryBound(to: T.self)
            let scores = queries + rows * depth
            let sums = scores + rows * columns
            let (tops, totals) = (sums + rows * paddedWidth, sums + rows * paddedWidth + rows)
            let first = tile * rows
            let count = min(rows, shape.queries - first)
            let drops = dropout.map { DroppedWeights($0, self, head: head, first: first, count: count) }
            readQueries(head, first, count, into: queries)
            sums.update(repeating: 0, count: rows * paddedWidth)
            tops.update(repeating: -.infinity, count: rows)
            totals.update(repeating: 0, count: rows)
            for start in stride(from: 0, to: seenKeys(tile), by: columns) {
                score(keyPanel, queries, head, first, count, start, into: scores)
                for row in 0..<count {
                    let factor = exponentials(
                        scores + row * columns, &tops[row], &totals[row], totals + rows)
                    if factor != 1 {
                        let sum = sums + row * paddedWidth
                        for i in 0..<paddedWidth { sum[i] *= factor }
                    }
                    drops?.apply(to: scores + row * columns, row, start)
                }
                valuePanel.multiply(
                    scores, columns, rows: (count + tileRows - 1) / tileRows * tileRows,
                    panels: 0..<Panels<T>.count(width), depths: start..<(start + columns), into: sums,
                    paddedWidth, accumulate: true)
            }
            for row in 0..<count {
                let position = head * shape.queries + first + row
                // A query that sees no key has no total: its result is zero.
                let factor: T = totals[row] == 0 ? 0 : 1 / totals[row]
                let (sum, target) = (sums + row * paddedWidth, y + position * width)
                for i in 0..<width { target[i] = sum[i] * factor }
                logSums?[position] = totals[row] == 0 ? .infinity : tops[row] + T.logarithm(totals[row])
            }
            withExtendedLifetime((scratch, drops)) {}
        }
        withExtendedLifetime(storage) {}
    }

    /// Some queries times the scale; zeros for the rest of a tile.
    @inline(__always)
    func readQueries(_ head: Int, _ first: Int, _ count: Int, into queries: UnsafeMutablePointer<T>) {
        let source = query + (head * shape.queries + first) * shape.depth
        let scale = T(shape.scale)
        for i in 0..<(count * shape.depth) { queries[i] = source[i] * scale }
        (queries + count * shape.depth).update(
            repeating: 0, count: (Self.tileQueries - count) * shape.depth)
    }

    /// The scores of a tile's queries with the keys from `start` on: products and bias, -infinity where a key is not seen. Rows
    /// that fill the tile are products of zeros.
    @inline(__always)
    func score(
        _ keys: Panels<T>, _ queries: UnsafePointer<T>, _ head: Int, _ first: Int, _ count: Int, _ start: Int,
        into scores: UnsafeMutablePointer<T>
    ) {
        let columns = Self.tileKeys
        let firstPanel = start / T.panelColumns
        keys.multiply(
            queries, shape.depth, rows: (count + tileRows - 1) / tileRows * tileRows,
            panels: firstPanel..<(firstPanel + columns / T.panelColumns), depths: 0..<shape.depth,
            into: scores,
            columns, accumulate: false)
        for row in 0..<count {
            let position = first + row
            let scores = scores + row * columns
            var seen = min(columns, shape.keys - start)
            if shape.isCausal { seen = max(0, min(seen, position + 1 - start)) }
            if let bias {
                let offset =
                    head / shape.queryHeads * bias.batch + head % shape.queryHeads * bias.head
                    + position * bias.query + start * bias.key
                let added = bias.start.assumingMemoryBound(to: T.self) + offset
                if bias.key == 1 {
                    for i in 0..<seen { scores[i] += added[i] }
                } else {
                    for i in 0..<seen { scores[i] += added[0] }
                }
            }
            for i in seen..<columns { scores[i] = -.infinity }
        }
    }

    /// The exponentials of a row's scores less the largest so far, in their place, which are added to the total.
    ///
    /// - Parameter spare: sixteen elements.
    /// - Returns: what the sums so far must be multiplied by.
    @inline(__always)
    private func exponentials(
        _ row: UnsafeMutablePointer<T>, _ top: inout T, _ total: inout T, _ spare: UnsafeMutablePointer<T>
    ) -> T {
        let columns = Self.tileKeys
        // A loop over elements: the compiler makes comparisons of whole vectors lane by lane.
        for lane in 0..<16 { spare[lane] = top }
        for i in stride(from: 0, to: columns, by: 16) {
            let values = row + i
            for lane in 0..<16 {
                spare[lane] = T.select(values[lane] > spare[lane], values[lane], spare[lane])
            }
        }
        var largest = spare[0]
        for lane in 1..<16 { largest = T.select(spare[lane] > largest, spare[lane], largest) }
        if largest == -.infinity {
            var hasNaN = false
            for i in 0..<columns where row[i].isNaN { hasNaN = true }
            if !hasNaN {
                row.update(repeating: 0, count: columns)
                return 1
            }
        }
        let shift = largest == -.infinity ? 0 : largest
        for i in 0..<columns { row[i] = T.exponential(row[i] - shift) }
        var sum = SIMD16<T>(repeating: 0)
        for i in stride(from: 0, to: columns, by: 16) { sum += SIMD16(at: row + i) }
        let factor = top == largest ? 1 : T.exponential(top - shift)
        total = total * factor + sum.sum()
        top = largest
        return factor
    }
}

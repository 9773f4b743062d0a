import ApusCore
import ApusKernelBase

extension Kernels {
    /// Causal linear attention; see `SequenceCalls`.
    package static func linearAttention(
        _ shape: LinearAttentionShape, _ dtype: DType, _ operands: LinearAttentionOperands,
        into y: UnsafeMutableRawPointer, last: UnsafeMutableRawPointer
    ) {
        withRowType(dtype) {
            LinearAttention($0, shape, operands).run(into: y, last: last)
        } _: {
            LinearAttention($0, shape, operands).run(into: y, last: last)
        }
    }
}

/// Linear attention of chunks of steps: within a chunk all scores, from what was before it one state of products of keys and
/// values.
struct LinearAttention<T: TileElement> {
    /// Steps of a chunk: a multiple of the columns of a panel.
    static var chunk: Int { 64 }

    let shape: LinearAttentionShape
    let query, key, value: UnsafePointer<T>
    let logDecay, initial: UnsafePointer<T>?

    init(_: T.Type, _ shape: LinearAttentionShape, _ operands: LinearAttentionOperands) {
        self.shape = shape
        query = operands.query.assumingMemoryBound(to: T.self)
        key = operands.key.assumingMemoryBound(to: T.self)
        value = operands.value.assumingMemoryBound(to: T.self)
        logDecay = operands.logDecay?.assumingMemoryBound(to: T.self)
        initial = operands.initial?.assumingMemoryBound(to: T.self)
    }

    var chunks: Int { (shape.steps + Self.chunk - 1) / Self.chunk }
    /// The extent as rows of tiles.
    @inline(__always)
    func padded(_ count: Int) -> Int { (count + tileRows - 1) / tileRows * tileRows }
    var rows: Int { padded(Self.chunk) }
    /// From row to row of a chunk's scores, of which columns beyond the chunk are read as rows of the transpose.
    var scoreStride: Int { max(rows, Self.chunk) }
    /// Channels as rows of tiles: from row to row of copies whose transposes are multiplied.
    var depthRows: Int { padded(shape.depth) }
    var widthRows: Int { padded(shape.width) }
    var depthPanels: Int { Panels<T>.count(shape.depth) }
    var widthPanels: Int { Panels<T>.count(shape.width) }
    var depthColumns: Int { depthPanels * T.panelColumns }
    var widthColumns: Int { widthPanels * T.panelColumns }

    @inline(__always)
    fileprivate func run(into y: UnsafeMutableRawPointer, last: UnsafeMutableRawPointer) {
        let y = y.assumingMemoryBound(to: T.self)
        let last = last.assumingMemoryBound(to: T.self)
        let (depth, width, steps, chunk) = (shape.depth, shape.width, shape.steps, Self.chunk)
        let cost = steps * (chunk + 2 * max(depth, 1)) * max(width, 1) / 8
        Parallel.tasks(shape.sequences, cost: cost) { sequence in
            let counts = [
                depthRows * widthColumns, rows * depth, chunk * depthRows,
                Panels<T>.size(depth: depth, columns: chunk), Panels<T>.size(depth: chunk, columns: width),
                tileRows * scoreStride, rows * widthColumns, ChunkDecay<T>.elementCount(chunk),
            ]
            let scratch = Scratch<T>(counts)
            let state = Panels(start: scratch[0], depth: depthRows)
            let (queries, keys) = (scratch[1], scratch[2])
            let keysAcross = Panels(start: scratch[3], depth: depth)
            let values = Panels(start: scratch[4], depth: chunk)
            let (scores, sums) = (scratch[5], scratch[6])
            var decay = ChunkDecay(
                logDecay.map { $0 + sequence * steps }, scratch[7], chunk: chunk)
            read(initial.map { $0 + sequence * depth * width }, depth, width, width, 1, into: state)
            for start in stride(from: 0, to: steps, by: chunk) {
                let (count, position) = (min(chunk, steps - start), sequence * steps + start)
                decay.read(start, count)
                copy(query + position * depth, count, depth, rows: padded(count), into: queries, depth)
                keysAcross.fillTransposed(
                    key + position * depth, columns: count, padded: chunk, stride: depth)
                values.fill(value + position * width, rows: count, columns: width, stride: width)
                copy(key + position * depth, count, depth, rows: count, into: keys, depthRows)
                decay.scale(keys, depthRows, count, by: decay.toEnd)
                state.multiply(
                    queries, depth, rows: padded(count), panels: 0..<widthPanels, depths: 0..<depth,
                    into: sums, widthColumns, accumulate: false)
                decay.scale(sums, widthColumns, count, by: decay.fromStart)
                for row in stride(from: 0, to: count, by: tileRows) {
                    let seen = min(row + tileRows, count)
                    keysAcross.multiply(
                        queries + row * depth, depth, rows: tileRows, panels: 0..<Panels<T>.count(seen),
                        depths: 0..<depth, into: scores, scoreStride, accumulate: false)
                    for step in row..<(row + tileRows) {
                        let scores = scores + (step - row) * scoreStride
                        if decay.isThere && step < count {
                            decay.weigh(step)
                            for i in 0...step { scores[i] *= decay.weights[i] }
                        }
                        for i in min(step + 1, count)..<scoreStride { scores[i] = 0 }
                    }
                    values.multiply(
                        scores, scoreStride, rows: tileRows, panels: 0..<widthPanels, depths: 0..<seen,
                        into: sums + row * widthColumns, widthColumns, accumulate: true)
                }
                for step in 0..<count {
                    (y + (position + step) * width).update(from: sums + step * widthColumns, count: width)
                }
                decay.scale(state.start, counts[0])
                add(keys, depthRows, values, widthPanels, count, to: state)
            }
            write(state, depth, width, into: last + sequence * depth * width)
            withExtendedLifetime(scratch) {}
        }
    }

    /// Some rows, and zeros for what is left of `rows` rows and of `stride` columns.
    @inline(__always)
    func copy(
        _ source: UnsafePointer<T>, _ count: Int, _ columns: Int, rows: Int,
        into target: UnsafeMutablePointer<T>, _ stride: Int
    ) {
        for row in 0..<count {
            let (from, to) = (source + row * columns, target + row * stride)
            for i in 0..<columns { to[i] = from[i] }
            for i in columns..<stride { to[i] = 0 }
        }
        (target + count * stride).update(repeating: 0, count: (rows - count) * stride)
    }

    /// A matrix of so many rows and columns as panels that rows can be added to, zeros where there is none.
    @inline(__always)
    func read(
        _ source: UnsafePointer<T>?, _ rows: Int, _ columns: Int, _ rowStride: Int, _ columnStride: Int,
        into target: Panels<T>
    ) {
        let width = T.panelColumns
        target.start.update(repeating: 0, count: Panels<T>.count(columns) * target.depth * width)
        guard let source else { return }
        for row in 0..<rows {
            for column in 0..<columns {
                target.start[(column / width * target.depth + row) * width + column % width] =
                    source[row * rowStride + column * columnStride]
            }
        }
    }

    @inline(__always)
    func write(_ source: Panels<T>, _ rows: Int, _ columns: Int, into target: UnsafeMutablePointer<T>) {
        let width = T.panelColumns
        for row in 0..<rows {
            for column in 0..<columns {
                target[row * columns + column] =
                    source.start[(column / width * source.depth + row) * width + column % width]
            }
        }
    }

    /// Adds AᵀB to a state: A has `count` rows, and zeros in the columns from its extent to that of the state's rows.
    @inline(__always)
    func add(
        _ a: UnsafePointer<T>, _ stride: Int, _ b: Panels<T>, _ panels: Int, _ count: Int,
        to state: Panels<T>
    ) {
        let width = T.panelColumns
        for panel in 0..<panels {
            for row in Swift.stride(from: 0, to: state.depth, by: tileRows) {
                T.multiplyTile(
                    a + row, 1, stride, b.start + panel * b.depth * width, depth: count,
                    into: state.start + (panel * state.depth + row) * width, width, accumulate: true)
            }
        }
    }
}

/// Memory for a unit of work, in parts.
final class Scratch<T> {
    private let storage: Storage
    private let starts: [UnsafeMutablePointer<T>]

    init(_ counts: [Int]) {
        // Each begins where a vector does.
        let sizes = counts.map { ($0 + 15) / 16 * 16 }
        storage = Storage(byteCount: max(1, sizes.reduce(0, +)) * MemoryLayout<T>.size)
        var next = storage.pointer.assumingMemoryBound(to: T.self)
        starts = sizes.map { size in
            defer { next += size }
            return next
        }
    }

    subscript(index: Int) -> UnsafeMutablePointer<T> { starts[index] }
}

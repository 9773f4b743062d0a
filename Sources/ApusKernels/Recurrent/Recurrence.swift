import ApusCore
import ApusKernelBase
import ApusMatrixKernels

extension Kernels {
    /// Runs one direction of a recurrent layer; see `RecurrentCalls`.
    package static func recurrence(
        _ shape: RecurrenceShape, _ dtype: DType, _ operands: RecurrenceOperands,
        states: UnsafeMutableRawPointer, cells: UnsafeMutableRawPointer?, kept: UnsafeMutableRawPointer?
    ) -> Int? {
        if let lengths = operands.lengths?.assumingMemoryBound(to: Int64.self) {
            for row in 0..<shape.batch where !(0...Int64(shape.steps)).contains(lengths[row]) { return row }
        }
        withRowType(dtype) {
            run($0, shape, operands, states, cells, kept)
        } _: {
            run($0, shape, operands, states, cells, kept)
        }
        return nil
    }
}

@inline(__always)
private func run<T: GateElement>(
    _: T.Type, _ shape: RecurrenceShape, _ operands: RecurrenceOperands, _ states: UnsafeMutableRawPointer,
    _ cells: UnsafeMutableRawPointer?, _ kept: UnsafeMutableRawPointer?
) {
    let (batch, hidden) = (shape.batch, shape.hidden)
    let count = batch * hidden
    if count == 0 { return }
    let forward = Forward<T>(shape, operands, states, cells, kept)
    forward.start(operands)

    // The side of the input, for as many steps at a time as stay in the caches.
    let width = shape.cell.gates * hidden
    let steps = max(1, min(shape.steps, (1 << 19) / (batch * width)))
    let input = Storage(byteCount: steps * batch * width * MemoryLayout<T>.size)
    var done = 0
    while done < shape.steps {
        let count = min(steps, shape.steps - done)
        let first = min(shape.time(done), shape.time(done + count - 1))
        MatrixKernels.multiply(
            T.dtype, m: count * batch, n: width, k: shape.inputs,
            a: operands.x + first * batch * shape.inputs * MemoryLayout<T>.size, aRowStride: shape.inputs,
            aColumnStride: 1, b: operands.inputWeight, bRowStride: 1, bColumnStride: shape.inputs,
            c: input.pointer, bias: forward.bias)
        for step in done..<(done + count) {
            let time = shape.time(step)
            let row = input.pointer + (time - first) * batch * width * MemoryLayout<T>.size
            forward.step(time, UnsafePointer(row.assumingMemoryBound(to: T.self)), isOdd: step % 2 == 1)
        }
        done += count
    }
    withExtendedLifetime((input, forward)) {}
}

/// The steps of a recurrent layer.
private struct Forward<T: GateElement> {
    let shape: RecurrenceShape
    /// For all gates, [gates · hidden].
    var bias: UnsafeRawPointer { UnsafeRawPointer(biases) }
    private let lengths: UnsafePointer<Int64>?
    private let states: UnsafeMutablePointer<T>
    private let cells: UnsafeMutablePointer<T>?
    private let kept: UnsafeMutablePointer<T>?
    private let weights: PackedBlocks<T>
    /// What is added to a GRU's U·h of n, with zeros to the end of the last block.
    private let newBias: UnsafeMutablePointer<T>
    private let biases: UnsafeMutablePointer<T>
    /// The hidden state that a step reads, and the one that it writes, in turns: rows up to a multiple of 4.
    private let rows: UnsafeMutablePointer<T>
    private let stride: Int
    private let paddedBatch: Int
    private let blocks: Int
    private let scratch: Storage

    @inline(__always)
    init(
        _ shape: RecurrenceShape, _ operands: RecurrenceOperands, _ states: UnsafeMutableRawPointer,
        _ cells: UnsafeMutableRawPointer?, _ kept: UnsafeMutableRawPointer?
    ) {
        self.shape = shape
        self.states = states.assumingMemoryBound(to: T.self)
        self.cells = cells?.assumingMemoryBound(to: T.self)
        self.kept = kept?.assumingMemoryBound(to: T.self)
        lengths = operands.lengths?.assumingMemoryBound(to: Int64.self)
        let hidden = shape.hidden
        let weight = operands.hiddenWeight.assumingMemoryBound(to: T.self)
        weights = PackedBlocks(units: hidden, parts: shape.cell.gates, depth: hidden) {
            weight[($0 &* hidden &+ $2) &* hidden &+ $1]
        }
        blocks = (hidden + unitBlock - 1) / unitBlock
        stride = paddedRow(hidden)
        paddedBatch = (shape.batch + 3) / 4 * 4
        let width = shape.cell.gates * hidden
        let count = 2 * paddedBatch * stride + blocks * unitBlock + width
        scratch = Storage(byteCount: count * MemoryLayout<T>.size)
        rows = scratch.pointer.assumingMemoryBound(to: T.self)
        rows.update(repeating: 0, count: count)
        newBias = rows + 2 * paddedBatch * stride
        biases = newBias + blocks * unitBlock
        let (own, other) = (
            operands.inputBias?.assumingMemoryBound(to: T.self),
            operands.hiddenBias?.assumingMemoryBound(to: T.self)
        )
        // A GRU's n has the bias of U·h within its product with r.
        let shared = shape.cell == .gru ? 2 * hidden : width
        for i in 0..<width { biases[i] = (own?[i] ?? 0) + (i < shared ? other?[i] ?? 0 : 0) }
        if shape.cell == .gru, let other { newBias.update(from: other + shared, count: hidden) }
    }

    /// Puts the states in place that the first step reads.
    @inline(__always)
    func start(_ operands: RecurrenceOperands) {
        let count = shape.batch * shape.hidden
        let hidden = operands.hidden.assumingMemoryBound(to: T.self)
        (states + shape.first * count).update(from: hidden, count: count)
        for row in 0..<shape.batch {
            (rows + row * stride).update(from: hidden + row * shape.hidden, count: shape.hidden)
        }
        if let cells, let cell = operands.cell {
            (cells + shape.first * count).update(from: cell.assumingMemoryBound(to: T.self), count: count)
        }
    }

    /// - Parameter input: W·x and the biases, [batch, gates · hidden].
    @inline(__always)
    func step(_ time: Int, _ input: UnsafePointer<T>, isOdd: Bool) {
        let half = paddedBatch * stride
        let (old, new) = isOdd ? (rows + half, rows) : (rows, rows + half)
        let (gates, depth) = (shape.cell.gates, shape.hidden)
        // A unit's cost in the elements of an elementwise kernel: several products are done in the time of one.
        Parallel.runs(blocks, cost: shape.batch * gates * unitBlock * (depth / 8 + 4)) { run in
            let (width, group) = (gates * unitBlock, rowGroup(T.self))
            withUnsafeTemporaryAllocation(of: T.self, capacity: (group + 1) * width) { memory in
                let tile = memory.baseAddress!
                for block in run {
                    for first in Swift.stride(from: 0, to: shape.batch, by: group) {
                        let count = min(group, paddedBatch - first)
                        for gate in 0..<gates {
                            multiplyRows(
                                UnsafePointer(old + first * stride), stride, rows: count,
                                weights.matrix(block, gate), depth: depth, into: tile + gate * unitBlock,
                                width)
                        }
                        for index in 0..<min(count, shape.batch - first) {
                            finish(
                                time, block, first + index, tile + index * width, input, old, new,
                                spare: tile + group * width)
                        }
                    }
                }
            }
        }
    }

    /// One row of one block, from the products of the state.
    @inline(__always)
    private func finish(
        _ time: Int, _ block: Int, _ row: Int, _ tile: UnsafeMutablePointer<T>, _ input: UnsafePointer<T>,
        _ old: UnsafeMutablePointer<T>, _ new: UnsafeMutablePointer<T>, spare: UnsafeMutablePointer<T>
    ) {
        let (hidden, unit) = (shape.hidden, block * unitBlock)
        let lanes = min(unitBlock, hidden - unit)
        let (before, after) = (
            (shape.before(time) * shape.batch + row) * hidden + unit,
            (shape.after(time) * shape.batch + row) * hidden + unit
        )
        let (old, new) = (old + (row * stride + unit), new + (row * stride + unit))
        let target = states + after
        let keeping = kept.map { $0 + ((time * shape.batch + row) * shape.cell.kept * hidden + unit) }
        if let lengths, lengths[row] <= time {
            new.update(from: old, count: lanes)
            target.update(from: old, count: lanes)
            if let cells { (cells + after).update(from: cells + before, count: lanes) }
            if let keeping {
                for part in 0..<shape.cell.kept {
                    (keeping + part * hidden).update(repeating: 0, count: lanes)
                }
            }
            return
        }
        let input = input + (row * shape.cell.gates * hidden + unit)
        let t = tile
        switch shape.cell {
        case .tanh:
            forLanes(lanes) { t[$0] += input[$0] }
            for i in 0..<unitBlock { t[i] = T.hyperbolicTangent(t[i]) }
            new.update(from: t, count: lanes)
        case .relu:
            forLanes(lanes) { t[$0] += input[$0] }
            // NaN passes.
            for i in 0..<unitBlock { t[i] = T.select(t[i] < 0, 0, t[i]) }
            new.update(from: t, count: lanes)
        case .lstm:
            for gate in 0..<4 {
                let (t, input) = (t + gate * unitBlock, input + gate * hidden)
                forLanes(lanes) { t[$0] += input[$0] }
            }
            for i in 0..<(2 * unitBlock) { t[i] = T.sigmoid(t[i]) }
            for i in (2 * unitBlock)..<(3 * unitBlock) { t[i] = T.hyperbolicTangent(t[i]) }
            for i in (3 * unitBlock)..<(4 * unitBlock) { t[i] = T.sigmoid(t[i]) }
            spare.update(from: cells! + before, count: lanes)
            for i in 0..<unitBlock {
                spare[i] = t[unitBlock + i] * spare[i] + t[i] * t[2 * unitBlock + i]
            }
            (cells! + after).update(from: spare, count: lanes)
            for i in 0..<unitBlock { spare[i] = t[3 * unitBlock + i] * T.hyperbolicTangent(spare[i]) }
            new.update(from: spare, count: lanes)
            if let keeping {
                for gate in 0..<4 {
                    (keeping + gate * hidden).update(from: t + gate * unitBlock, count: lanes)
                }
            }
        case .gru:
            for gate in 0..<2 {
                let (t, input) = (t + gate * unitBlock, input + gate * hidden)
                forLanes(lanes) { t[$0] += input[$0] }
            }
            for i in 0..<(2 * unitBlock) { t[i] = T.sigmoid(t[i]) }
            let (state, bias) = (t + 2 * unitBlock, newBias + unit)
            for i in 0..<unitBlock { state[i] += bias[i] }
            if let keeping { (keeping + 3 * hidden).update(from: state, count: lanes) }
            for i in 0..<unitBlock { state[i] *= t[i] }
            let fromInput = input + 2 * hidden
            forLanes(lanes) { state[$0] += fromInput[$0] }
            for i in 0..<unitBlock { state[i] = T.hyperbolicTangent(state[i]) }
            if let keeping {
                for gate in 0..<3 {
                    (keeping + gate * hidden).update(from: t + gate * unitBlock, count: lanes)
                }
            }
            spare.update(from: old, count: lanes)
            for i in 0..<unitBlock { spare[i] = state[i] + t[unitBlock + i] * (spare[i] - state[i]) }
            new.update(from: spare, count: lanes)
        }
        target.update(from: new, count: lanes)
    }
}

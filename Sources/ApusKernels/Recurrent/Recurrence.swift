import ApusCore
import ApusKernelBase

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
    if shape.batch * shape.hidden == 0 { return }
    let forward = Forward<T>(shape, operands, states, cells, kept)
    forward.start(operands)
    forIndependentRows(T.self, shape) { forward.run($0) }
    withExtendedLifetime(forward) {}
}

/// The steps of a recurrent layer.
private struct Forward<T: GateElement> {
    private let shape: RecurrenceShape
    private let inputWeights: InputWeights<T>
    private let lengths: UnsafePointer<Int64>?
    private let states: UnsafeMutablePointer<T>
    private let cells: UnsafeMutablePointer<T>?
    private let kept: UnsafeMutablePointer<T>?
    private let weights: PackedBlocks<T>
    /// What is added to a GRU's U·h of n, with zeros to the end of the last block.
    private let newBias: UnsafeMutablePointer<T>
    /// The hidden state that a step reads, and the one that it writes, in turns.
    private let rows: UnsafeMutablePointer<T>
    private let stride: Int
    private let blocks: Int
    private let scratch: Storage

    @inline(__always)
    init(
        _ shape: RecurrenceShape, _ operands: RecurrenceOperands, _ states: UnsafeMutableRawPointer,
        _ cells: UnsafeMutableRawPointer?, _ kept: UnsafeMutableRawPointer?
    ) {
        self.shape = shape
        inputWeights = InputWeights(shape, operands)
        self.states = states.assumingMemoryBound(to: T.self)
        self.cells = cells?.assumingMemoryBound(to: T.self)
        self.kept = kept?.assumingMemoryBound(to: T.self)
        lengths = operands.lengths?.assumingMemoryBound(to: Int64.self)
        let hidden = shape.hidden
        let weight = operands.hiddenWeight.assumingMemoryBound(to: T.self)
        weights = PackedBlocks(rows: weight, units: hidden, parts: shape.cell.gates, depth: hidden)
        blocks = weights.blocks
        stride = paddedRow(hidden)
        let count = 2 * shape.batch * stride + blocks * unitBlock
        scratch = Storage(byteCount: count * MemoryLayout<T>.size)
        rows = scratch.pointer.assumingMemoryBound(to: T.self)
        rows.update(repeating: 0, count: count)
        newBias = rows + 2 * shape.batch * stride
        if shape.cell == .gru, let bias = operands.hiddenBias?.assumingMemoryBound(to: T.self) {
            newBias.update(from: bias + 2 * hidden, count: hidden)
        }
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

    /// All steps of some rows of the batch.
    @inline(__always)
    func run(_ batch: Range<Int>) {
        let side = InputSide(shape, batch, inputWeights)
        var done = 0
        while done < shape.steps {
            let next = min(shape.steps, done + side.steps)
            let first = min(shape.time(done), shape.time(next - 1))
            side.compute(first, next - done)
            for index in done..<next {
                let time = shape.time(index)
                step(time, batch, side, row: (time - first) * batch.count, isOdd: index % 2 == 1)
            }
            done = next
        }
        withExtendedLifetime(side) {}
    }

    /// - Parameter row: where the side of the input has the rows of this time.
    @inline(__always)
    private func step(_ time: Int, _ batch: Range<Int>, _ side: InputSide<T>, row: Int, isOdd: Bool) {
        let half = shape.batch * stride
        let (old, new) = isOdd ? (rows + half, rows) : (rows, rows + half)
        let (gates, depth) = (shape.cell.gates, shape.hidden)
        // U·h of a GRU's n is multiplied before it is added to W·x; all others are added there.
        let added = shape.cell == .gru ? 2 : gates
        // A unit's cost in the elements of an elementwise kernel: several products are done in the time of one.
        Parallel.runs(blocks, cost: batch.count * gates * unitBlock * (depth / 8 + 4)) { run in
            let width = gates * unitBlock
            withUnsafeTemporaryAllocation(of: T.self, capacity: (rowGroup + 1) * unitBlock) { memory in
                let products = memory.baseAddress!
                let spare = products + rowGroup * unitBlock
                for block in run {
                    for first in Swift.stride(from: batch.lowerBound, to: batch.upperBound, by: rowGroup) {
                        let count = min(rowGroup, batch.upperBound - first)
                        let h = UnsafePointer(old + first * stride)
                        let sums = side.row(block, row + first - batch.lowerBound)
                        for gate in 0..<added {
                            addProduct(
                                h, stride, rows: count, weights.matrix(block, gate), depth: depth,
                                into: sums + gate * unitBlock, width)
                        }
                        if shape.cell == .gru {
                            for index in 0..<count {
                                (products + index * unitBlock)
                                    .update(from: newBias + block * unitBlock, count: unitBlock)
                            }
                            addProduct(
                                h, stride, rows: count, weights.matrix(block, 2), depth: depth,
                                into: products, unitBlock)
                        }
                        for index in 0..<count {
                            finish(
                                time, block, first + index, sums + index * width,
                                products + index * unitBlock, old, new, spare)
                        }
                    }
                }
            }
        }
    }

    /// One row of one block.
    ///
    /// - Parameters:
    ///   - t: W·x + U·h + b of each gate.
    ///   - state: of a GRU's n U·h + b, of which `t` has W·x + b alone.
    @inline(__always)
    private func finish(
        _ time: Int, _ block: Int, _ row: Int, _ t: UnsafeMutablePointer<T>, _ state: UnsafeMutablePointer<T>,
        _ old: UnsafeMutablePointer<T>, _ new: UnsafeMutablePointer<T>, _ spare: UnsafeMutablePointer<T>
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
            copyLanes(old, to: new, lanes)
            copyLanes(old, to: target, lanes)
            if let cells { copyLanes(cells + before, to: cells + after, lanes) }
            if let keeping {
                for part in 0..<shape.cell.kept {
                    (keeping + part * hidden).update(repeating: 0, count: lanes)
                }
            }
            return
        }
        switch shape.cell {
        case .tanh:
            for i in 0..<unitBlock { t[i] = T.hyperbolicTangent(t[i]) }
            copyLanes(t, to: new, lanes)
        case .relu:
            // NaN passes.
            for i in 0..<unitBlock { t[i] = T.select(t[i] < 0, 0, t[i]) }
            copyLanes(t, to: new, lanes)
        case .lstm:
            for i in 0..<(2 * unitBlock) { t[i] = T.sigmoid(t[i]) }
            for i in (2 * unitBlock)..<(3 * unitBlock) { t[i] = T.hyperbolicTangent(t[i]) }
            for i in (3 * unitBlock)..<(4 * unitBlock) { t[i] = T.sigmoid(t[i]) }
            copyLanes(cells! + before, to: spare, lanes)
            for i in 0..<unitBlock {
                spare[i] = t[unitBlock + i] * spare[i] + t[i] * t[2 * unitBlock + i]
            }
            copyLanes(spare, to: cells! + after, lanes)
            for i in 0..<unitBlock { spare[i] = t[3 * unitBlock + i] * T.hyperbolicTangent(spare[i]) }
            copyLanes(spare, to: new, lanes)
            if let keeping {
                for gate in 0..<4 {
                    copyLanes(t + gate * unitBlock, to: keeping + gate * hidden, lanes)
                }
            }
        case .gru:
            for i in 0..<(2 * unitBlock) { t[i] = T.sigmoid(t[i]) }
            let n = t + 2 * unitBlock
            if let keeping { copyLanes(state, to: keeping + 3 * hidden, lanes) }
            for i in 0..<unitBlock { n[i] = T.hyperbolicTangent(n[i].addingProduct(state[i], t[i])) }
            if let keeping {
                for gate in 0..<3 {
                    copyLanes(t + gate * unitBlock, to: keeping + gate * hidden, lanes)
                }
            }
            copyLanes(old, to: spare, lanes)
            for i in 0..<unitBlock { spare[i] = n[i] + t[unitBlock + i] * (spare[i] - n[i]) }
            copyLanes(spare, to: new, lanes)
        }
        copyLanes(new, to: target, lanes)
    }
}

import ApusCore
import ApusKernelBase
import CProcessor

extension Kernels {
    /// The gradients of what a recurrent layer's functions are of, and of its first states; see `RecurrentCalls`.
    package static func recurrenceGradient(
        _ shape: RecurrenceShape, _ dtype: DType, _ operands: RecurrenceGradientOperands,
        ofInputSide: UnsafeMutableRawPointer, ofStateSide: UnsafeMutableRawPointer?,
        ofHidden: UnsafeMutableRawPointer, ofCell: UnsafeMutableRawPointer?
    ) {
        withRowType(dtype) {
            run($0, shape, operands, ofInputSide, ofStateSide, ofHidden, ofCell)
        } _: {
            run($0, shape, operands, ofInputSide, ofStateSide, ofHidden, ofCell)
        }
    }
}

@inline(__always)
private func run<T: GateElement>(
    _: T.Type, _ shape: RecurrenceShape, _ operands: RecurrenceGradientOperands,
    _ ofInputSide: UnsafeMutableRawPointer, _ ofStateSide: UnsafeMutableRawPointer?,
    _ ofHidden: UnsafeMutableRawPointer, _ ofCell: UnsafeMutableRawPointer?
) {
    if shape.batch * shape.hidden == 0 { return }
    let backward = Backward<T>(shape, operands, ofInputSide, ofStateSide, ofHidden, ofCell)
    forIndependentRows(T.self, shape) { backward.run($0) }
    withExtendedLifetime(backward) {}
}

/// The steps of a recurrent layer's gradient, from the last to the first.
private struct Backward<T: GateElement> {
    private let shape: RecurrenceShape
    private let lengths: UnsafePointer<Int64>?
    private let states: UnsafePointer<T>
    private let cells: UnsafePointer<T>?
    private let kept: UnsafePointer<T>?
    private let stateGradient: UnsafePointer<T>?
    private let cellGradient: UnsafePointer<T>?
    private let ofInputSide: UnsafeMutablePointer<T>
    private let ofStateSide: UnsafeMutablePointer<T>?
    private let ofHidden: UnsafeMutablePointer<T>
    private let ofCell: UnsafeMutablePointer<T>?
    private let weights: PackedBlocks<T>
    /// The gradients of U·h that the step before reads, and those that it writes, in turns.
    private let rows: UnsafeMutablePointer<T>
    private let stride: Int
    /// What reaches a step's states other than through U·h, [batch, blocks of units].
    private let hiddenCarry: UnsafeMutablePointer<T>
    private let cellCarry: UnsafeMutablePointer<T>
    private let blocks: Int
    private let scratch: Storage

    @inline(__always)
    init(
        _ shape: RecurrenceShape, _ operands: RecurrenceGradientOperands,
        _ ofInputSide: UnsafeMutableRawPointer, _ ofStateSide: UnsafeMutableRawPointer?,
        _ ofHidden: UnsafeMutableRawPointer, _ ofCell: UnsafeMutableRawPointer?
    ) {
        self.shape = shape
        lengths = operands.lengths?.assumingMemoryBound(to: Int64.self)
        states = operands.states.assumingMemoryBound(to: T.self)
        cells = operands.cells?.assumingMemoryBound(to: T.self)
        kept = operands.kept?.assumingMemoryBound(to: T.self)
        stateGradient = operands.stateGradient?.assumingMemoryBound(to: T.self)
        cellGradient = operands.cellGradient?.assumingMemoryBound(to: T.self)
        self.ofInputSide = ofInputSide.assumingMemoryBound(to: T.self)
        self.ofStateSide = ofStateSide?.assumingMemoryBound(to: T.self)
        self.ofHidden = ofHidden.assumingMemoryBound(to: T.self)
        self.ofCell = ofCell?.assumingMemoryBound(to: T.self)
        let (hidden, width) = (shape.hidden, shape.cell.gates * shape.hidden)
        let weight = operands.hiddenWeight.assumingMemoryBound(to: T.self)
        weights = PackedBlocks(columns: weight, units: hidden, depth: width)
        blocks = weights.blocks
        stride = paddedRow(width)
        let carry = shape.batch * blocks * unitBlock
        let count = 2 * shape.batch * stride + 2 * carry
        scratch = Storage(byteCount: count * MemoryLayout<T>.size)
        rows = scratch.pointer.assumingMemoryBound(to: T.self)
        rows.update(repeating: 0, count: count)
        hiddenCarry = rows + 2 * shape.batch * stride
        cellCarry = hiddenCarry + carry
    }

    /// All steps of some rows of the batch.
    @inline(__always)
    func run(_ batch: Range<Int>) {
        let half = shape.batch * stride
        for step in Swift.stride(from: shape.steps - 1, through: 0, by: -1) {
            let (later, own) = step % 2 == 1 ? (rows + half, rows) : (rows, rows + half)
            forBlocks(later, batch, isZero: step == shape.steps - 1) { block, row in
                fetch(shape.time(step), block, row)
            } _: { block, row, product in
                gates(shape.time(step), block, row, product, own)
            }
        }
        finish(batch)
    }

    /// The gradients of the states that the first step reads.
    @inline(__always)
    private func finish(_ batch: Range<Int>) {
        // Step 0 was the last one here, and an even one.
        forBlocks(rows + shape.batch * stride, batch, isZero: shape.steps == 0) { _, _ in
        } _: { block, row, product in
            let (hidden, unit) = (shape.hidden, block * unitBlock)
            let lanes = min(unitBlock, hidden - unit)
            let first = (shape.first * shape.batch + row) * hidden + unit
            let carry = (row * blocks + block) * unitBlock
            let target = ofHidden + (row * hidden + unit)
            let (more, moreOfCell) = (stateGradient.map { $0 + first }, cellGradient.map { $0 + first })
            for lane in 0..<lanes {
                target[lane] = product[lane] + hiddenCarry[carry + lane] + (more?[lane] ?? 0)
            }
            if let ofCell {
                let target = ofCell + (row * hidden + unit)
                for lane in 0..<lanes { target[lane] = cellCarry[carry + lane] + (moreOfCell?[lane] ?? 0) }
            }
        }
    }

    /// Calls `body` with the product of the later step's gradients and the weights, for each row and block.
    @inline(__always)
    private func forBlocks(
        _ later: UnsafeMutablePointer<T>, _ batch: Range<Int>, isZero: Bool,
        _ fetch: (_ block: Int, _ row: Int) -> Void,
        _ body: (_ block: Int, _ row: Int, _ product: UnsafeMutablePointer<T>) -> Void
    ) {
        let depth = weights.depth
        Parallel.runs(blocks, cost: batch.count * unitBlock * (depth / 8 + 16)) { run in
            withUnsafeTemporaryAllocation(of: T.self, capacity: rowGroup * unitBlock + rowWidth) { memory in
                let products = memory.baseAddress!
                let row = products + rowGroup * unitBlock
                for block in run {
                    for first in Swift.stride(from: batch.lowerBound, to: batch.upperBound, by: rowGroup) {
                        let count = min(rowGroup, batch.upperBound - first)
                        products.update(repeating: 0, count: count * unitBlock)
                        for index in 0..<count { fetch(block, first + index) }
                        if !isZero {
                            addProduct(
                                UnsafePointer(later + first * stride), stride, rows: count,
                                weights.matrix(block, 0), depth: depth, into: products, unitBlock)
                        }
                        for index in 0..<count {
                            copyLanes(products + index * unitBlock, to: row, unitBlock)
                            body(block, first + index, row)
                        }
                    }
                }
            }
        }
    }

    /// Asks for the memory that `gates` reads and writes, which comes while the products are computed.
    @inline(__always)
    private func fetch(_ time: Int, _ block: Int, _ row: Int) {
        let (hidden, unit) = (shape.hidden, block * unitBlock)
        let line = 64 / MemoryLayout<T>.size
        let numbers = shape.cell.gates
        let target = ofInputSide + ((time * shape.batch + row) * numbers * hidden + unit)
        let keeping = kept.map { $0 + ((time * shape.batch + row) * shape.cell.kept * hidden + unit) }
        let more = stateGradient.map { $0 + ((shape.after(time) * shape.batch + row) * hidden + unit) }
        // The other end of the step was read by the later one.
        let state = (cells ?? states) + ((shape.before(time) * shape.batch + row) * hidden + unit)
        for lane in Swift.stride(from: 0, to: min(unitBlock, hidden - unit), by: line) {
            for gate in 0..<numbers { apus_prefetch_to_write(target + (gate * hidden + lane)) }
            if let keeping {
                for gate in 0..<4 { apus_prefetch(keeping + (gate * hidden + lane)) }
            }
            if let more { apus_prefetch(more + lane) }
            apus_prefetch(state + lane)
        }
    }

    /// One row of one block: the product, and room for what else `gates` reads and writes.
    private var rowWidth: Int { 12 * unitBlock }

    @inline(__always)
    private func gates(
        _ time: Int, _ block: Int, _ row: Int, _ t: UnsafeMutablePointer<T>, _ own: UnsafeMutablePointer<T>
    ) {
        let (hidden, unit) = (shape.hidden, block * unitBlock)
        let lanes = min(unitBlock, hidden - unit)
        let (before, after) = (
            (shape.before(time) * shape.batch + row) * hidden + unit,
            (shape.after(time) * shape.batch + row) * hidden + unit
        )
        let carry = hiddenCarry + (row * blocks + block) * unitBlock
        let ofCellLater = cellCarry + (row * blocks + block) * unitBlock
        let numbers = shape.cell.gates
        let target = ofInputSide + ((time * shape.batch + row) * numbers * hidden + unit)
        let own = own + (row * stride + unit)
        // The whole gradient of the state that this step made.
        for i in 0..<unitBlock { t[i] += carry[i] }
        if let stateGradient {
            let more = stateGradient + after
            forLanes(lanes) { t[$0] += more[$0] }
        }
        if let cellGradient {
            let more = cellGradient + after
            forLanes(lanes) { ofCellLater[$0] += more[$0] }
        }
        if let lengths, lengths[row] <= time {
            copyLanes(t, to: carry, unitBlock)
            for gate in 0..<numbers {
                (target + gate * hidden).update(repeating: 0, count: lanes)
                (own + gate * hidden).update(repeating: 0, count: lanes)
            }
            if let ofStateSide {
                let target = ofStateSide + ((time * shape.batch + row) * numbers * hidden + unit)
                for gate in 0..<numbers { (target + gate * hidden).update(repeating: 0, count: lanes) }
            }
            return
        }
        @inline(__always) func part(_ index: Int) -> UnsafeMutablePointer<T> { t + index * unitBlock }
        let keeping = kept.map { $0 + ((time * shape.batch + row) * shape.cell.kept * hidden + unit) }
        let results = part(6)
        switch shape.cell {
        case .tanh, .relu:
            let y = part(1)
            copyLanes(states + after, to: y, lanes)
            if shape.cell == .tanh {
                for i in 0..<unitBlock { results[i] = t[i] * (1 - y[i] * y[i]) }
            } else {
                for i in 0..<unitBlock { results[i] = T.select(y[i] > 0, t[i], 0) }
            }
            for i in 0..<unitBlock { carry[i] = 0 }
        case .lstm:
            let (i, f, g, o, c, old) = (part(1), part(2), part(3), part(4), part(5), part(10))
            for gate in 0..<4 { copyLanes(keeping! + gate * hidden, to: part(1 + gate), lanes) }
            copyLanes(cells! + after, to: c, lanes)
            copyLanes(cells! + before, to: old, lanes)
            for k in 0..<unitBlock { c[k] = T.hyperbolicTangent(c[k]) }
            let later = part(11)
            copyLanes(ofCellLater, to: later, unitBlock)
            for k in 0..<unitBlock {
                let ofCell = later[k] + t[k] * o[k] * (1 - c[k] * c[k])
                results[k] = ofCell * g[k] * i[k] * (1 - i[k])
                results[unitBlock + k] = ofCell * old[k] * f[k] * (1 - f[k])
                results[2 * unitBlock + k] = ofCell * i[k] * (1 - g[k] * g[k])
                results[3 * unitBlock + k] = t[k] * c[k] * o[k] * (1 - o[k])
                later[k] = ofCell * f[k]
            }
            copyLanes(later, to: ofCellLater, unitBlock)
            for k in 0..<unitBlock { carry[k] = 0 }
        case .gru:
            let (r, z, n, state, old) = (part(1), part(2), part(3), part(4), part(5))
            for gate in 0..<4 { copyLanes(keeping! + gate * hidden, to: part(1 + gate), lanes) }
            copyLanes(states + before, to: old, lanes)
            for k in 0..<unitBlock {
                let ofNew = t[k] * (1 - z[k]) * (1 - n[k] * n[k])
                results[k] = ofNew * state[k] * r[k] * (1 - r[k])
                results[unitBlock + k] = t[k] * (old[k] - n[k]) * z[k] * (1 - z[k])
                results[2 * unitBlock + k] = ofNew
                results[3 * unitBlock + k] = ofNew * r[k]
                t[k] *= z[k]
            }
            copyLanes(t, to: carry, unitBlock)
        }
        for gate in 0..<numbers {
            copyLanes(results + gate * unitBlock, to: target + gate * hidden, lanes)
        }
        // What a GRU's n gets from U·h is multiplied by r; of all others both sides have the same gradient.
        let fromState = shape.cell == .gru ? 3 : numbers - 1
        for gate in 0..<numbers {
            let source = results + (gate == numbers - 1 ? fromState : gate) * unitBlock
            copyLanes(source, to: own + gate * hidden, lanes)
            if let ofStateSide {
                let target = ofStateSide + ((time * shape.batch + row) * numbers * hidden + unit)
                copyLanes(source, to: target + gate * hidden, lanes)
            }
        }
    }
}

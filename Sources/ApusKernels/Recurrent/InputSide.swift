import ApusCore
import ApusKernelBase

/// The weights and biases of W·x + b, in the order in which it is computed.
struct InputWeights<T: GateElement> {
    fileprivate let x: UnsafePointer<T>
    fileprivate let blocks: PackedBlocks<T>
    /// For each block of units [gates · 64].
    fileprivate let biases: UnsafeMutablePointer<T>
    private let scratch: Storage

    @inline(__always)
    init(_ shape: RecurrenceShape, _ operands: RecurrenceOperands) {
        x = operands.x.assumingMemoryBound(to: T.self)
        let (hidden, depth, gates) = (shape.hidden, shape.inputs, shape.cell.gates)
        let weight = operands.inputWeight.assumingMemoryBound(to: T.self)
        blocks = PackedBlocks(rows: weight, units: hidden, parts: gates, depth: depth)
        let count = blocks.blocks * gates * unitBlock
        scratch = Storage(byteCount: count * MemoryLayout<T>.size)
        biases = scratch.pointer.assumingMemoryBound(to: T.self)
        biases.update(repeating: 0, count: count)
        let (own, other) = (
            operands.inputBias?.assumingMemoryBound(to: T.self),
            operands.hiddenBias?.assumingMemoryBound(to: T.self)
        )
        for unit in 0..<hidden {
            for gate in 0..<gates {
                // A GRU's n has the bias of U·h within its product with r.
                let isShared = shape.cell != .gru || gate < 2
                let index = gate * hidden + unit
                biases[(unit / unitBlock * gates + gate) * unitBlock + unit % unitBlock] =
                    (own?[index] ?? 0) + (isShared ? other?[index] ?? 0 : 0)
            }
        }
    }

}

/// W·x + b of some rows of the batch, for some steps at a time: as many as leave room in a core's cache for the weights
/// of the steps.
struct InputSide<T: GateElement> {
    /// How many steps at a time.
    let steps: Int
    private let shape: RecurrenceShape
    private let batch: Range<Int>
    private let weights: InputWeights<T>
    private let stride: Int
    /// The steps' rows of x, further apart: at a power of two they would all share a few lines of the cache.
    private let rows: UnsafeMutablePointer<T>
    /// For each block of units [steps · rows of the batch, gates · 64].
    private let results: UnsafeMutablePointer<T>
    private let scratch: Storage

    private var width: Int { weights.blocks.parts * unitBlock }

    @inline(__always)
    init(_ shape: RecurrenceShape, _ batch: Range<Int>, _ weights: InputWeights<T>) {
        self.shape = shape
        self.batch = batch
        self.weights = weights
        steps = max(1, min(shape.steps, 128 / batch.count))
        stride = paddedRow(shape.inputs)
        let (count, width) = (steps * batch.count, weights.blocks.parts * unitBlock)
        let numbers = count * stride + weights.blocks.blocks * count * width
        scratch = Storage(byteCount: numbers * MemoryLayout<T>.size)
        rows = scratch.pointer.assumingMemoryBound(to: T.self)
        results = rows + count * stride
    }

    /// Computes `count` steps from a time on.
    @inline(__always)
    func compute(_ time: Int, _ count: Int) {
        let (depth, width, all) = (shape.inputs, self.width, batch.count)
        let source = weights.x + (time * shape.batch + batch.lowerBound) * depth
        Parallel.units(count * all, cost: depth) { row in
            let from = source + (row / all * shape.batch + row % all) * depth
            (rows + row * stride).update(from: from, count: depth)
        }
        let (weights, biases, count) = (weights.blocks, weights.biases, count * all)
        Parallel.runs(weights.blocks, cost: count * width * (depth / 8 + 4)) { run in
            for block in run {
                for first in Swift.stride(from: 0, to: count, by: rowGroup) {
                    let group = min(rowGroup, count - first)
                    let target = row(block, first)
                    for index in 0..<group {
                        (target + index * width).update(from: biases + block * width, count: width)
                    }
                    for gate in 0..<weights.parts {
                        addProduct(
                            UnsafePointer(rows + first * stride), stride, rows: group,
                            weights.matrix(block, gate), depth: depth, into: target + gate * unitBlock, width)
                    }
                }
            }
        }
    }

    /// [gates · 64] of a block of units, for a row of the steps that were computed last.
    @inline(__always)
    func row(_ block: Int, _ index: Int) -> UnsafeMutablePointer<T> {
        results + (block * steps * batch.count + index) * width
    }
}

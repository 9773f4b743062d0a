import ApusCore
import ApusKernelBase

/// W·x + b for some steps at a time: as many as leave room in a core's cache for the weights of the steps.
struct InputSide<T: GateElement> {
    /// How many steps at a time.
    let steps: Int
    private let shape: RecurrenceShape
    private let x: UnsafePointer<T>
    private let weights: PackedBlocks<T>
    private let stride: Int
    /// The steps' rows of x, further apart: at a power of two they would all share a few lines of the cache.
    private let rows: UnsafeMutablePointer<T>
    /// For each block of units [steps · batch, gates · 64].
    private let results: UnsafeMutablePointer<T>
    /// For each block of units [gates · 64].
    private let biases: UnsafeMutablePointer<T>
    private let scratch: Storage

    private var width: Int { weights.parts * unitBlock }

    @inline(__always)
    init(_ shape: RecurrenceShape, _ operands: RecurrenceOperands) {
        self.shape = shape
        steps = max(1, min(shape.steps, 128 / shape.batch))
        x = operands.x.assumingMemoryBound(to: T.self)
        let (hidden, depth, gates) = (shape.hidden, shape.inputs, shape.cell.gates)
        let weight = operands.inputWeight.assumingMemoryBound(to: T.self)
        weights = PackedBlocks(units: hidden, parts: gates, depth: depth) {
            weight[($0 &* hidden &+ $2) &* depth &+ $1]
        }
        stride = paddedRow(depth)
        let (count, width) = (steps * shape.batch, weights.parts * unitBlock)
        let numbers = count * stride + weights.blocks * (count + 1) * width
        scratch = Storage(byteCount: numbers * MemoryLayout<T>.size)
        rows = scratch.pointer.assumingMemoryBound(to: T.self)
        results = rows + count * stride
        biases = results + weights.blocks * count * width
        biases.update(repeating: 0, count: weights.blocks * width)
        let (own, other) = (
            operands.inputBias?.assumingMemoryBound(to: T.self),
            operands.hiddenBias?.assumingMemoryBound(to: T.self)
        )
        for unit in 0..<hidden {
            for gate in 0..<gates {
                // A GRU's n has the bias of U·h within its product with r.
                let isShared = shape.cell != .gru || gate < 2
                let index = gate * hidden + unit
                biases[unit / unitBlock * width + gate * unitBlock + unit % unitBlock] =
                    (own?[index] ?? 0) + (isShared ? other?[index] ?? 0 : 0)
            }
        }
    }

    /// Computes `count` steps from a time on.
    @inline(__always)
    func compute(_ time: Int, _ count: Int) {
        let (depth, width, count) = (shape.inputs, self.width, count * shape.batch)
        let source = x + time * shape.batch * depth
        Parallel.units(count, cost: depth) { row in
            (rows + row * stride).update(from: source + row * depth, count: depth)
        }
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
        results + (block * steps * shape.batch + index) * width
    }
}

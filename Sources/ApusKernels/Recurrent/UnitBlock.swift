import ApusCore
import ApusKernelBase

/// Hidden units that one piece of a step computes: four registers of each gate.
let unitBlock = 64

/// How far apart the rows of a state are in scratch memory, in elements: at a power of two they would all share a few
/// lines of the cache.
func paddedRow(_ length: Int) -> Int { (length + 15) / 16 * 16 + 16 }

/// The functions of gates.
protocol GateElement: RowElement, SIMDScalar, Codable {
    static func sigmoid(_ x: Self) -> Self
    static func hyperbolicTangent(_ x: Self) -> Self
}

extension Float: GateElement {
    @inline(__always) static func sigmoid(_ x: Float) -> Float { FloatMath.sigmoid(x) }
    @inline(__always) static func hyperbolicTangent(_ x: Float) -> Float { FloatMath.tanh(x) }
}

extension Double: GateElement {
    @inline(__always) static func sigmoid(_ x: Double) -> Double { DoubleMath.sigmoid(x) }
    @inline(__always) static func hyperbolicTangent(_ x: Double) -> Double { DoubleMath.tanh(x) }
}

/// A weight in the order in which steps read it: for each block of units `parts` matrices [depth, 64] one after the other,
/// with zeros where there are no units.
struct PackedBlocks<T: GateElement> {
    let start: UnsafeMutablePointer<T>
    let depth: Int
    let parts: Int
    let blocks: Int
    private let storage: Storage

    /// Of weights [parts · units, depth].
    @inline(__always)
    init(rows weight: UnsafePointer<T>, units: Int, parts: Int, depth: Int) {
        self.init(units: units, parts: parts, depth: depth) { part, first, count, target in
            let source = weight + (part * units + first) * depth
            // A line of each row at a time: whole columns of rows that lie a power of two apart would share a few lines of
            // the nearest cache.
            for start in stride(from: 0, to: depth, by: 16) {
                let (from, to) = (source + start, target + start * unitBlock)
                let positions = min(16, depth - start)
                for lane in 0..<count {
                    for i in 0..<positions { to[i * unitBlock + lane] = from[lane * depth + i] }
                }
                for lane in count..<unitBlock {
                    for i in 0..<positions { to[i * unitBlock + lane] = 0 }
                }
            }
        }
    }

    /// Of one matrix of weights [depth, units].
    @inline(__always)
    init(columns weight: UnsafePointer<T>, units: Int, depth: Int) {
        self.init(units: units, parts: 1, depth: depth) { _, first, count, target in
            for position in 0..<depth {
                let (row, source) = (target + position * unitBlock, weight + position * units + first)
                for lane in 0..<count { row[lane] = source[lane] }
                for lane in count..<unitBlock { row[lane] = 0 }
            }
        }
    }

    /// - Parameter fill: writes the matrix of a part, of `count` units from the first of a block on.
    @inline(__always)
    private init(
        units: Int, parts: Int, depth: Int,
        _ fill: (_ part: Int, _ first: Int, _ count: Int, _ target: UnsafeMutablePointer<T>) -> Void
    ) {
        self.depth = depth
        self.parts = parts
        blocks = (units + unitBlock - 1) / unitBlock
        storage = Storage(byteCount: max(1, blocks * parts * depth * unitBlock) * MemoryLayout<T>.size)
        start = storage.pointer.assumingMemoryBound(to: T.self)
        let start = start
        Parallel.units(blocks * parts, cost: depth * unitBlock) { index in
            let first = index / parts * unitBlock
            fill(index % parts, first, min(unitBlock, units - first), start + index * depth * unitBlock)
        }
    }

    @inline(__always)
    func matrix(_ block: Int, _ part: Int) -> UnsafePointer<T> {
        UnsafePointer(start + (block * parts + part) * depth * unitBlock)
    }
}

/// Calls `body` for each of `count` lanes of a block; with a fixed count where the block is full, which makes vectors of it.
@inline(__always)
func forLanes(_ count: Int, _ body: (Int) -> Void) {
    if count == unitBlock {
        for lane in 0..<unitBlock { body(lane) }
    } else {
        for lane in 0..<count { body(lane) }
    }
}

/// Copies lanes of a block, without a call where it is full.
@inline(__always)
func copyLanes<T>(_ source: UnsafePointer<T>, to target: UnsafeMutablePointer<T>, _ count: Int) {
    forLanes(count) { target[$0] = source[$0] }
}

/// Calls `body` with ranges of the batch's rows, which know nothing of each other: where the threads' rows are many and
/// all weights of the steps stay in a core's cache, one for each thread, which then takes all steps without waiting for
/// the others. Else one range of all, and the threads share each step's units.
@inline(__always)
func forIndependentRows<T>(_: T.Type, _ shape: RecurrenceShape, _ body: (Range<Int>) -> Void) {
    let (batch, weights) = (shape.batch, shape.cell.gates * shape.hidden * shape.hidden)
    let ranges = min(Parallel.threadCount, batch / 12)
    let blocks = (shape.hidden + unitBlock - 1) / unitBlock
    guard ranges > 1, ranges >= min(Parallel.threadCount, blocks), weights * MemoryLayout<T>.size <= 1 << 19
    else { return body(0..<batch) }
    Parallel.units(ranges, cost: shape.steps * batch / ranges * (weights / 8 + 4)) { index in
        body((batch * index / ranges)..<(batch * (index + 1) / ranges))
    }
}

import ApusCore
import ApusKernelBase

/// Hidden units that one piece of a step computes: two registers of each gate.
let unitBlock = 32

/// How far apart the rows of a state are in scratch memory, in elements: at a power of two they would all share a few
/// lines of the cache.
func paddedRow(_ length: Int) -> Int { (length + 15) / 16 * 16 + 16 }

/// The functions of gates.
protocol GateElement: RowElement, SIMDScalar, Codable {
    static func sigmoid(_ x: Self) -> Self
    static func hyperbolicTangent(_ x: Self) -> Self
    /// Rows of a product whose sums fit the registers.
    static var rowTile: Int { get }
}

extension Float: GateElement {
    @inline(__always) static func sigmoid(_ x: Float) -> Float { FloatMath.sigmoid(x) }
    @inline(__always) static func hyperbolicTangent(_ x: Float) -> Float { FloatMath.tanh(x) }
    static var rowTile: Int { 12 }
}

extension Double: GateElement {
    @inline(__always) static func sigmoid(_ x: Double) -> Double { DoubleMath.sigmoid(x) }
    @inline(__always) static func hyperbolicTangent(_ x: Double) -> Double { DoubleMath.tanh(x) }
    static var rowTile: Int { 4 }
}

/// A weight in the order in which steps read it: for each block of units `parts` matrices [depth, 32] one after the other,
/// with zeros where there are no units.
struct PackedBlocks<T: GateElement> {
    let start: UnsafeMutablePointer<T>
    let depth: Int
    let parts: Int
    private let storage: Storage

    /// - Parameter element: the weight from `part`, a position of the depth and a unit.
    @inline(__always)
    init(units: Int, parts: Int, depth: Int, _ element: (_ part: Int, _ position: Int, _ unit: Int) -> T) {
        self.depth = depth
        self.parts = parts
        let blocks = (units + unitBlock - 1) / unitBlock
        storage = Storage(byteCount: max(1, blocks * parts * depth * unitBlock) * MemoryLayout<T>.size)
        start = storage.pointer.assumingMemoryBound(to: T.self)
        let start = start
        Parallel.units(blocks * parts, cost: depth * unitBlock) { index in
            let (block, part) = (index / parts, index % parts)
            let target = start + index * depth * unitBlock
            let first = block * unitBlock
            let count = min(unitBlock, units - first)
            for position in 0..<depth {
                let row = target + position * unitBlock
                for lane in 0..<count { row[lane] = element(part, position, first + lane) }
                for lane in count..<unitBlock { row[lane] = 0 }
            }
        }
    }

    @inline(__always)
    func matrix(_ block: Int, _ part: Int) -> UnsafePointer<T> {
        UnsafePointer(start + (block * parts + part) * depth * unitBlock)
    }
}

/// Rows whose products with a block are computed one after the other, while the block's weights are in the nearest cache.
@inline(__always)
func rowGroup<T: GateElement>(_: T.Type) -> Int { 3 * T.rowTile }

/// C = A·B for the rows of a group and 32 columns.
///
/// - Parameters:
///   - a: `rows` × depth; their number is a multiple of 4.
///   - b: depth × 32, without gaps.
@inline(__always)
func multiplyRows<T: GateElement>(
    _ a: UnsafePointer<T>, _ rowStride: Int, rows: Int, _ b: UnsafePointer<T>, depth: Int,
    into c: UnsafeMutablePointer<T>, _ stride: Int
) {
    // So many rows of B, 32 KiB, are read by all of these rows before the next.
    let part = 256
    var start = 0
    repeat {
        let count = min(part, depth - start)
        var row = 0
        while row < rows {
            multiplyBlock(
                a + (row * rowStride + start), rowStride, rows: min(T.rowTile, rows - row),
                b + start * unitBlock, depth: count, into: c + row * stride, stride, adding: start > 0)
            row += T.rowTile
        }
        start += part
    } while start < depth
}

/// C = A·B, or C += A·B, for 4, 8 or 12 rows and 32 columns.
@inline(__always)
func multiplyBlock<T: GateElement>(
    _ a: UnsafePointer<T>, _ rowStride: Int, rows: Int, _ b: UnsafePointer<T>, depth: Int,
    into c: UnsafeMutablePointer<T>, _ stride: Int, adding: Bool
) {
    if rows > 8 {
        var (first, second, third) = (FourRows<T>(), FourRows<T>(), FourRows<T>())
        var (a, b) = (a, b)
        for _ in 0..<depth {
            let (low, high) = (SIMD16(at: b), SIMD16(at: b + 16))
            first.add(a, rowStride, low, high)
            second.add(a + 4 &* rowStride, rowStride, low, high)
            third.add(a + 8 &* rowStride, rowStride, low, high)
            a += 1
            b += unitBlock
        }
        first.store(c, stride, adding)
        second.store(c + 4 &* stride, stride, adding)
        third.store(c + 8 &* stride, stride, adding)
    } else if rows > 4 {
        var (first, second) = (FourRows<T>(), FourRows<T>())
        var (a, b) = (a, b)
        for _ in 0..<depth {
            let (low, high) = (SIMD16(at: b), SIMD16(at: b + 16))
            first.add(a, rowStride, low, high)
            second.add(a + 4 &* rowStride, rowStride, low, high)
            a += 1
            b += unitBlock
        }
        first.store(c, stride, adding)
        second.store(c + 4 &* stride, stride, adding)
    } else {
        var first = FourRows<T>()
        var (a, b) = (a, b)
        for _ in 0..<depth {
            first.add(a, rowStride, SIMD16(at: b), SIMD16(at: b + 16))
            a += 1
            b += unitBlock
        }
        first.store(c, stride, adding)
    }
}

/// Sums of four rows and 32 columns.
private struct FourRows<T: GateElement> {
    private var (l0, h0) = (SIMD16<T>(repeating: 0), SIMD16<T>(repeating: 0))
    private var (l1, h1) = (SIMD16<T>(repeating: 0), SIMD16<T>(repeating: 0))
    private var (l2, h2) = (SIMD16<T>(repeating: 0), SIMD16<T>(repeating: 0))
    private var (l3, h3) = (SIMD16<T>(repeating: 0), SIMD16<T>(repeating: 0))

    @inline(__always) init() {}

    @inline(__always)
    mutating func add(_ a: UnsafePointer<T>, _ stride: Int, _ low: SIMD16<T>, _ high: SIMD16<T>) {
        let (a0, a1) = (SIMD16(repeating: a[0]), SIMD16(repeating: a[stride]))
        l0.addProduct(a0, low)
        h0.addProduct(a0, high)
        l1.addProduct(a1, low)
        h1.addProduct(a1, high)
        let (a2, a3) = (SIMD16(repeating: a[2 &* stride]), SIMD16(repeating: a[3 &* stride]))
        l2.addProduct(a2, low)
        h2.addProduct(a2, high)
        l3.addProduct(a3, low)
        h3.addProduct(a3, high)
    }

    @inline(__always)
    func store(_ c: UnsafeMutablePointer<T>, _ stride: Int, _ adding: Bool) {
        put(l0, h0, c, adding)
        put(l1, h1, c + stride, adding)
        put(l2, h2, c + 2 &* stride, adding)
        put(l3, h3, c + 3 &* stride, adding)
    }

    @inline(__always)
    private func put(_ low: SIMD16<T>, _ high: SIMD16<T>, _ c: UnsafeMutablePointer<T>, _ adding: Bool) {
        (adding ? SIMD16(at: c) + low : low).store(at: c)
        (adding ? SIMD16(at: c + 16) + high : high).store(at: c + 16)
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

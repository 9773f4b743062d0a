import ApusKernelBase
import CProcessor

/// Rows whose products with a block of weights are computed one after the other, while the weights are in the nearest
/// cache.
let rowGroup = 36

@inline(__always)
private var hasWideVectors: Bool { APUS_VECTOR_BYTES == 64 }

/// C += A·B for the rows of a group and the columns of a block.
///
/// - Parameters:
///   - a: rows × depth.
///   - b: depth × `unitBlock`, without gaps.
///   - c: rows × `unitBlock`.
@inline(__always)
func addProduct<T: GateElement>(
    _ a: UnsafePointer<T>, _ rowStride: Int, rows: Int, _ b: UnsafePointer<T>, depth: Int,
    into c: UnsafeMutablePointer<T>, _ stride: Int
) {
    typealias One = SIMD16<T>
    let isFloat = MemoryLayout<T>.size == 4
    // As many sums as there are registers for: a processor whose cores are shared is held up by the number of
    // instructions, and a tall and wide tile has least beside its products.
    if hasWideVectors {
        if isFloat {
            addTiles(Pair<Pair<One>>.self, most: 6, a, rowStride, rows, b, depth, c, stride)
        } else {
            addTiles(Pair<One>.self, most: 6, a, rowStride, rows, b, depth, c, stride)
        }
    } else {
        addTiles(One.self, most: isFloat ? 6 : 2, a, rowStride, rows, b, depth, c, stride)
    }
}

/// The product in tiles of the columns of `V` and at most `most` rows.
@inline(__always)
private func addTiles<V: ColumnVector>(
    _: V.Type, most: Int, _ a: UnsafePointer<V.Element>, _ rowStride: Int, _ rows: Int,
    _ b: UnsafePointer<V.Element>, _ depth: Int, _ c: UnsafeMutablePointer<V.Element>, _ stride: Int
) {
    typealias Row = RowSum<V>
    // So many rows of B, half of the nearest cache, are read by all rows of A before the next.
    let part = 16_384 / (unitBlock * MemoryLayout<V.Element>.size)
    var start = 0
    while start < depth {
        let count = min(part, depth - start)
        for column in Swift.stride(from: 0, to: unitBlock, by: V.columns) {
            let b = b + (start * unitBlock + column)
            var row = 0
            while row < rows {
                let rest = rows - row
                let (from, to) = (a + (row &* rowStride + start), c + (row &* stride + column))
                if most >= 6, rest > 8 || rest == 6 {
                    row += addTile(Thrice<Twice<Row>>.self, from, rowStride, b, count, to, stride)
                } else if most >= 4, rest >= 4 {
                    row += addTile(Twice<Twice<Row>>.self, from, rowStride, b, count, to, stride)
                } else if rest >= 2 {
                    row += addTile(Twice<Row>.self, from, rowStride, b, count, to, stride)
                } else {
                    row += addTile(Row.self, from, rowStride, b, count, to, stride)
                }
            }
        }
        start += part
    }
}

@inline(__always)
private func addTile<S: RowSums>(
    _: S.Type, _ a: UnsafePointer<S.Vector.Element>, _ rowStride: Int, _ b: UnsafePointer<S.Vector.Element>,
    _ depth: Int, _ c: UnsafeMutablePointer<S.Vector.Element>, _ stride: Int
) -> Int {
    var sums = S(c, stride)
    var (a, b) = (a, b)
    for _ in 0..<depth {
        sums.add(a, rowStride, S.Vector(at: b))
        a += 1
        b += unitBlock
    }
    sums.store(c, stride)
    return S.rows
}

/// Neighbouring columns of one row, in registers.
private protocol ColumnVector {
    associatedtype Element: GateElement
    static var columns: Int { get }
    init(at start: UnsafePointer<Element>)
    func store(at start: UnsafeMutablePointer<Element>)
    mutating func addProduct(_ factor: SIMD16<Element>, _ other: Self)
}

extension SIMD16: ColumnVector where Scalar: GateElement {
    static var columns: Int { 16 }

    @inline(__always)
    mutating func addProduct(_ factor: SIMD16<Scalar>, _ other: Self) {
        self = addingProduct(factor, other)
    }
}

private struct Pair<V: ColumnVector>: ColumnVector {
    private var low: V
    private var high: V

    static var columns: Int { 2 * V.columns }

    @inline(__always)
    init(at start: UnsafePointer<V.Element>) { (low, high) = (V(at: start), V(at: start + V.columns)) }

    @inline(__always)
    func store(at start: UnsafeMutablePointer<V.Element>) {
        low.store(at: start)
        high.store(at: start + V.columns)
    }

    @inline(__always)
    mutating func addProduct(_ factor: SIMD16<V.Element>, _ other: Self) {
        low.addProduct(factor, other.low)
        high.addProduct(factor, other.high)
    }
}

/// The sums of some rows and the columns of a vector, in registers.
private protocol RowSums {
    associatedtype Vector: ColumnVector
    static var rows: Int { get }
    init(_ c: UnsafePointer<Vector.Element>, _ stride: Int)
    mutating func add(_ a: UnsafePointer<Vector.Element>, _ stride: Int, _ b: Vector)
    func store(_ c: UnsafeMutablePointer<Vector.Element>, _ stride: Int)
}

private struct RowSum<V: ColumnVector>: RowSums {
    private var sum: V

    static var rows: Int { 1 }

    @inline(__always)
    init(_ c: UnsafePointer<V.Element>, _ stride: Int) { sum = V(at: c) }

    @inline(__always)
    mutating func add(_ a: UnsafePointer<V.Element>, _ stride: Int, _ b: V) {
        sum.addProduct(SIMD16(repeating: a[0]), b)
    }

    @inline(__always)
    func store(_ c: UnsafeMutablePointer<V.Element>, _ stride: Int) { sum.store(at: c) }
}

private struct Twice<S: RowSums>: RowSums {
    private var first: S
    private var second: S

    static var rows: Int { 2 * S.rows }

    @inline(__always)
    init(_ c: UnsafePointer<S.Vector.Element>, _ stride: Int) {
        (first, second) = (S(c, stride), S(c + S.rows &* stride, stride))
    }

    @inline(__always)
    mutating func add(_ a: UnsafePointer<S.Vector.Element>, _ stride: Int, _ b: S.Vector) {
        first.add(a, stride, b)
        second.add(a + S.rows &* stride, stride, b)
    }

    @inline(__always)
    func store(_ c: UnsafeMutablePointer<S.Vector.Element>, _ stride: Int) {
        first.store(c, stride)
        second.store(c + S.rows &* stride, stride)
    }
}

private struct Thrice<S: RowSums>: RowSums {
    private var both: Twice<S>
    private var third: S

    static var rows: Int { 3 * S.rows }

    @inline(__always)
    init(_ c: UnsafePointer<S.Vector.Element>, _ stride: Int) {
        (both, third) = (Twice(c, stride), S(c + 2 * S.rows &* stride, stride))
    }

    @inline(__always)
    mutating func add(_ a: UnsafePointer<S.Vector.Element>, _ stride: Int, _ b: S.Vector) {
        both.add(a, stride, b)
        third.add(a + 2 * S.rows &* stride, stride, b)
    }

    @inline(__always)
    func store(_ c: UnsafeMutablePointer<S.Vector.Element>, _ stride: Int) {
        both.store(c, stride)
        third.store(c + 2 * S.rows &* stride, stride)
    }
}

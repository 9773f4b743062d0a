import ApusKernelBase
import CProcessor

/// Rows whose products with a block of weights are computed one after the other, while the weights are in the nearest
/// cache.
let rowGroup = 36

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
private func addTile<S: RegisterTile>(
    _: S.Type, _ a: UnsafePointer<S.Vector.Element>, _ rowStride: Int, _ b: UnsafePointer<S.Vector.Element>,
    _ depth: Int, _ c: UnsafeMutablePointer<S.Vector.Element>, _ stride: Int
) -> Int {
    var sums = S(c, stride)
    var (a, b) = (a, b)
    for _ in 0..<depth {
        sums.add(StridedFactors(a, rowStride), 0, S.Vector(at: b))
        a += 1
        b += unitBlock
    }
    sums.store(c, stride)
    return S.rows
}

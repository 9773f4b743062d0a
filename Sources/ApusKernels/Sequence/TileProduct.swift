import ApusCore
import ApusKernelBase

/// The types that attention computes in, with the piece of a product that fits the registers: `tileRows` rows and
/// `panelColumns` columns, two registers wide.
protocol TileElement: RowElement, SIMDScalar {
    static var panelColumns: Int { get }

    /// C = A·B or C += A·B for `tileRows` rows and `panelColumns` columns.
    ///
    /// - Parameters:
    ///   - a: `rowStride` from row to row, `depthStride` along the depth.
    ///   - b: [depth, panelColumns].
    ///   - c: `stride` from row to row.
    static func multiplyTile(
        _ a: UnsafePointer<Self>, _ rowStride: Int, _ depthStride: Int, _ b: UnsafePointer<Self>, depth: Int,
        into c: UnsafeMutablePointer<Self>, _ stride: Int, accumulate: Bool)
}

/// Rows whose sums fit the registers.
@inline(__always) var tileRows: Int { hasWideVectors ? 12 : 6 }

extension Float: TileElement {
    @inline(__always) static var panelColumns: Int { hasWideVectors ? 32 : 16 }

    @inline(never)
    static func multiplyTile(
        _ a: UnsafePointer<Float>, _ rowStride: Int, _ depthStride: Int, _ b: UnsafePointer<Float>,
        depth: Int,
        into c: UnsafeMutablePointer<Float>, _ stride: Int, accumulate: Bool
    ) {
        if hasWideVectors {
            typealias Sums = Twice<Thrice<Twice<RowSum<Pair<SIMD16<Float>>>>>>
            (accumulate ? Sums(c, stride) : Sums()).storeSum(
                withProductOf: a, rowStride, depthStride, b, depth: depth, into: c, stride)
        } else {
            typealias Sums = Thrice<Twice<RowSum<SIMD16<Float>>>>
            (accumulate ? Sums(c, stride) : Sums()).storeSum(
                withProductOf: a, rowStride, depthStride, b, depth: depth, into: c, stride)
        }
    }
}

extension Double: TileElement {
    @inline(__always) static var panelColumns: Int { hasWideVectors ? 16 : 8 }

    @inline(never)
    static func multiplyTile(
        _ a: UnsafePointer<Double>, _ rowStride: Int, _ depthStride: Int, _ b: UnsafePointer<Double>,
        depth: Int, into c: UnsafeMutablePointer<Double>, _ stride: Int, accumulate: Bool
    ) {
        if hasWideVectors {
            typealias Sums = Twice<Thrice<Twice<RowSum<SIMD16<Double>>>>>
            (accumulate ? Sums(c, stride) : Sums()).storeSum(
                withProductOf: a, rowStride, depthStride, b, depth: depth, into: c, stride)
        } else {
            typealias Sums = Thrice<Twice<RowSum<SIMD8<Double>>>>
            (accumulate ? Sums(c, stride) : Sums()).storeSum(
                withProductOf: a, rowStride, depthStride, b, depth: depth, into: c, stride)
        }
    }
}

/// The right operand of products, in panels of columns: [panels, depth, panelColumns], zeros where there are none.
struct Panels<T: TileElement> {
    let start: UnsafeMutablePointer<T>
    let depth: Int

    static func count(_ columns: Int) -> Int { (columns + T.panelColumns - 1) / T.panelColumns }
    /// Elements of the panels of a matrix.
    static func size(depth: Int, columns: Int) -> Int { count(columns) * depth * T.panelColumns }

    /// From rows that lie `stride` apart; those from `rows` on are zeros.
    @inline(__always)
    func fill(_ source: UnsafePointer<T>, rows: Int, columns: Int, stride: Int) {
        let width = T.panelColumns
        for panel in 0..<Self.count(columns) {
            let first = panel * width
            let count = min(width, columns - first)
            let target = start + panel * depth * width
            for row in 0..<depth {
                let (to, from) = (target + row * width, source + row * stride + first)
                if row >= rows {
                    to.update(repeating: 0, count: width)
                } else if count == width {
                    for column in 0..<width { to[column] = from[column] }
                } else {
                    for column in 0..<width { to[column] = column < count ? from[column] : 0 }
                }
            }
        }
    }

    /// From columns that lie `stride` apart: the transpose; those from `columns` on are zeros, up to `padded`.
    @inline(__always)
    func fillTransposed(_ source: UnsafePointer<T>, columns: Int, padded: Int, stride: Int) {
        let width = T.panelColumns
        for panel in 0..<Self.count(padded) {
            let first = panel * width
            let count = max(0, min(width, columns - first))
            let target = start + panel * depth * width
            // A few lines of the source at a time, which stay in the nearest cache.
            for row in Swift.stride(from: 0, to: depth, by: 16) {
                let rows = min(16, depth - row)
                for column in 0..<width {
                    let to = target + row * width + column
                    if column < count {
                        let from = source + (first + column) * stride + row
                        for i in 0..<rows { to[i * width] = from[i] }
                    } else {
                        for i in 0..<rows { to[i * width] = 0 }
                    }
                }
            }
        }
    }

    /// C = A·B or C += A·B for `rows` rows, a multiple of `tileRows`, and so many panels from the first.
    ///
    /// - Parameters:
    ///   - depths: the range of the depth that is multiplied; A begins there.
    @inline(__always)
    func multiply(
        _ a: UnsafePointer<T>, _ rowStride: Int, _ depthStride: Int = 1, rows: Int, panels: Range<Int>,
        depths: Range<Int>, into c: UnsafeMutablePointer<T>, _ stride: Int, accumulate: Bool
    ) {
        for (index, panel) in panels.enumerated() {
            let b = start + (panel * depth + depths.lowerBound) * T.panelColumns
            for row in Swift.stride(from: 0, to: rows, by: tileRows) {
                T.multiplyTile(
                    a + row * rowStride, rowStride, depthStride, b, depth: depths.count,
                    into: c + row * stride + index * T.panelColumns, stride, accumulate: accumulate)
            }
        }
    }
}

import ApusKernelBase
import ApusCore
import COpenMP

/// A matrix product as `MatrixKernels.multiplyBatched` was asked for it; `m`, `n` and `batch` are not 0.
struct MatrixProduct {
    var dtype: DType
    var batch: Int
    var m: Int
    var n: Int
    var k: Int
    var a: MatrixOperand
    var aBatchStride: Int
    var b: MatrixOperand
    var bBatchStride: Int
    var c: UnsafeMutableRawPointer
    var cBatchStride: Int
    var bias: UnsafeRawPointer?
    var relu: Bool
    var accumulate: Bool

    /// The addresses and extents of one piece of one product.
    struct Tile {
        let a: UnsafeRawPointer
        let b: UnsafeRawPointer
        let c: UnsafeMutableRawPointer
        let rows: Int
        let columns: Int
        /// The first column, where the bias begins.
        let column: Int
    }

    /// Calls `body` for every piece on a single thread, with as many pieces at a time as are worth it.
    @inline(__always)
    func forEachTile(elementSize: Int, prefersColumns: Bool = false, _ body: (Tile) -> Void) {
        let tiles = MatrixTiles(m, n, k, prefersColumns: prefersColumns)
        let perProduct = tiles.count
        func visit(_ unit: Int) {
            let (item, index) = perProduct == 1 ? (unit, 0) : (unit / perProduct, unit % perProduct)
            let (row, column, rows, columns) = tiles[index]
            body(
                Tile(
                    a: a.address(row, 0, elementSize: elementSize) + item * aBatchStride * elementSize,
                    b: b.address(0, column, elementSize: elementSize) + item * bBatchStride * elementSize,
                    c: c + (item * cBatchStride + row * n + column) * elementSize,
                    rows: rows, columns: columns, column: column))
        }
        let units = batch * perProduct
        let work = batch * m * n * k
        if units == 1 || work < 1 << 17 || omp_in_parallel() != 0 {
            Parallel.withLibraryThreads(1) { for unit in 0..<units { visit(unit) } }
        } else {
            // A unit's cost in the elements of an elementwise kernel: several products are done in the
            // time of one element.
            Parallel.units(units, cost: max(1, work / units / 8)) { unit in
                Parallel.withLibraryThreads(1) { visit(unit) }
            }
        }
    }

    /// A copy of A, which lies by columns, by rows without gaps.
    func rowsOfA<E: BitwiseCopyable>(_: E.Type) -> (operand: MatrixOperand, stride: Int, memory: Storage) {
        let count = aBatchStride == 0 ? 1 : batch
        let copy = Storage(byteCount: count * m * k * MemoryLayout<E>.size)
        let (from, to) = (
            a.pointer.assumingMemoryBound(to: E.self), copy.pointer.assumingMemoryBound(to: E.self)
        )
        let pieces = (k + 63) / 64
        Parallel.units(count * pieces, cost: 64 * m) { unit in
            let (item, column) = (unit / pieces, unit % pieces * 64)
            transpose(
                from + item * aBatchStride + column * a.columnStride, a.columnStride,
                to + item * m * k + column, k, rows: min(64, k - column), columns: m)
        }
        return (
            MatrixOperand(copy.pointer, k, 1, isConjugated: a.isConjugated), aBatchStride == 0 ? 0 : m * k,
            copy
        )
    }

    /// Leaves out the first `count` products.
    mutating func skip(_ count: Int) {
        func moved(_ operand: MatrixOperand, _ stride: Int) -> MatrixOperand {
            .init(
                operand.pointer + count * stride * dtype.size, operand.rowStride, operand.columnStride,
                isConjugated: operand.isConjugated)
        }
        (a, b) = (moved(a, aBatchStride), moved(b, bBatchStride))
        c += count * cBatchStride * dtype.size
        batch -= count
    }

    /// C where nothing is multiplied: zeros, or what was there, and the bias.
    func finishEmpty() {
        for item in 0..<batch {
            let c = self.c + item * cBatchStride * dtype.size
            if !accumulate { c.initializeMemory(as: UInt8.self, repeating: 0, count: m * n * dtype.size) }
        }
        addBias()
        if relu {
            for item in 0..<batch {
                let c = (self.c + item * cBatchStride * dtype.size).assumingMemoryBound(to: Float.self)
                for i in 0..<m * n { c[i] = Swift.max(c[i], 0) }
            }
        }
    }
}

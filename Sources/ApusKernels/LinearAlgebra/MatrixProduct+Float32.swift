import ApusCore
import COneDNN

extension MatrixProduct {
    /// oneDNN's general product, tile by tile; bias and ReLU while the tile is still in the cache.
    func multiplyFloat32() {
        let (transposedA, leadingA) = a.blasOrder(rows: m, columns: k)
        let (transposedB, leadingB) = b.blasOrder(rows: k, columns: n)
        if transposedA && transposedB && swapsOperands { return multiplySwapped() }
        let bias = self.bias?.assumingMemoryBound(to: Float.self)
        // Each piece packs what it reads of both operands. Where both are column-major, packing B is by far the
        // dearer part, so no two pieces pack the same of it.
        forEachTile(elementSize: 4, prefersColumns: transposedA && transposedB) { tile in
            let c = tile.c.assumingMemoryBound(to: Float.self)
            let succeeded = apus_dnn_sgemm(
                transposedA, transposedB, tile.rows, tile.columns, k,
                tile.a.assumingMemoryBound(to: Float.self), leadingA,
                tile.b.assumingMemoryBound(to: Float.self), leadingB,
                accumulate ? 1 : 0, c, n)
            if !succeeded { fail("matrix product", "oneDNN refused a \(m) × \(k) × \(n) product") }
            if bias != nil || relu {
                Self.finishRows(tile, c, rowStride: n, bias: bias.map { $0 + tile.column }, relu: relu)
            }
        }
    }

    /// Around 1024³ the pieces of a product of two column-major matrices run a fifth slower than those of
    /// two row-major ones; smaller and larger ones do not.
    private var swapsOperands: Bool {
        (1 << 28..<1 << 31).contains(m * n * k) && bias == nil && !relu && !accumulate
    }

    /// Cᵀ = Bᵀ·Aᵀ, a product of row-major matrices, and its transpose.
    private func multiplySwapped() {
        let transposed = Storage(byteCount: batch * m * n * 4)
        var product = self
        (product.m, product.n) = (n, m)
        product.a = MatrixOperand(b.pointer, b.columnStride, b.rowStride)
        product.b = MatrixOperand(a.pointer, a.columnStride, a.rowStride)
        (product.aBatchStride, product.bBatchStride) = (bBatchStride, aBatchStride)
        (product.c, product.cBatchStride) = (transposed.pointer, m * n)
        product.multiplyFloat32()
        for item in 0..<batch {
            transposeFloats(
                transposed.pointer.assumingMemoryBound(to: Float.self) + item * m * n, rows: n, columns: m,
                to: c.assumingMemoryBound(to: Float.self) + item * cBatchStride)
        }
        withExtendedLifetime(transposed) {}
    }

    private static func finishRows(
        _ tile: Tile, _ c: UnsafeMutablePointer<Float>, rowStride: Int, bias: UnsafePointer<Float>?,
        relu: Bool
    ) {
        for i in 0..<tile.rows {
            let row = c + i * rowStride
            if let bias {
                if relu {
                    for j in 0..<tile.columns {
                        let value = row[j] + bias[j]
                        row[j] = value < 0 ? 0 : value  // NaN passes
                    }
                } else {
                    for j in 0..<tile.columns { row[j] += bias[j] }
                }
            } else {
                for j in 0..<tile.columns { row[j] = row[j] < 0 ? 0 : row[j] }
            }
        }
    }
}
